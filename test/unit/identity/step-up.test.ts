import { expect, test } from 'vitest';
import { mergeStepUps, stepUpParameters } from '../../../main/identity/step-up.ts';
import type { StepUp } from '../../../shared/step-up.ts';

test.each<readonly [readonly StepUp[], StepUp | undefined]>([
  [[], undefined],
  [[{}, {}], undefined],
  [[{ maxAgeSeconds: 60 }], { maxAgeSeconds: 60 }],
  [[{ maxAgeSeconds: 600 }, {}, { maxAgeSeconds: 60 }], { maxAgeSeconds: 60 }],
  [[{ maxAgeSeconds: 600 }, { maxAgeSeconds: 0 }], { maxAgeSeconds: 0 }],
  [[{ acrValues: 'mfa' }, { acrValues: 'hardware' }], { acrValues: 'mfa' }],
  [[{ maxAgeSeconds: 600 }, { acrValues: 'hardware mfa' }], { acrValues: 'hardware mfa', maxAgeSeconds: 600 }],
  [
    [
      { acrValues: 'mfa', maxAgeSeconds: 600 },
      { acrValues: 'hardware', maxAgeSeconds: 60 },
    ],
    { acrValues: 'mfa', maxAgeSeconds: 60 },
  ],
])('one sign-in for %j is %j', (stepUps, merged) => {
  expect(mergeStepUps(stepUps)).toEqual(merged);
});

test.each<readonly [StepUp | undefined, object]>([
  [undefined, {}],
  [{}, {}],
  [{ maxAgeSeconds: 0 }, { max_age: '0' }],
  [
    { acrValues: 'a b', maxAgeSeconds: 60 },
    { acr_values: 'a b', max_age: '60' },
  ],
])('the demand %j is put to the IdP as %j', (stepUp, parameters) => {
  expect(stepUpParameters(stepUp)).toEqual(parameters);
});
