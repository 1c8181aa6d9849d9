import type { StepUp } from '../../shared/step-up.ts';

/**
 * One sign-in for all that is demanded of it: as new as the strictest one wants it, and of the kinds that the first one
 * names which names any. Kinds cannot be mixed: their order is a preference (OpenID Connect Core section 3.1.2.1), and
 * what is still missing afterwards is demanded again. `undefined` where nothing is demanded.
 */
export function mergeStepUps(stepUps: readonly StepUp[]): StepUp | undefined {
  const ages = stepUps.flatMap(({ maxAgeSeconds }) => (maxAgeSeconds === undefined ? [] : [maxAgeSeconds]));
  const acrValues = stepUps.find((stepUp) => stepUp.acrValues !== undefined)?.acrValues;
  if (ages.length === 0 && acrValues === undefined) return undefined;
  return {
    ...(acrValues !== undefined && { acrValues }),
    ...(ages.length > 0 && { maxAgeSeconds: Math.min(...ages) }),
  };
}

/** How a demand is put to the IdP (OpenID Connect Core section 3.1.2.1). */
export function stepUpParameters({ acrValues, maxAgeSeconds }: StepUp = {}): Record<string, string> {
  return {
    ...(acrValues !== undefined && { acr_values: acrValues }),
    ...(maxAgeSeconds !== undefined && { max_age: String(maxAgeSeconds) }),
  };
}
