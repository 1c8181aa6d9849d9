import { testMatrix } from './matrix.ts';

testMatrix('modern');
