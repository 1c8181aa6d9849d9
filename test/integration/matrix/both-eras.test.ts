import { testMatrix } from './matrix.ts';

testMatrix('both');
