import { testMatrix } from './matrix.ts';

testMatrix('legacy');
