import { runScript } from './run-script.ts';
import type { Violation } from './oracle.ts';
import type { Script } from './script.ts';
import type { PlantedFaults } from './sim-world.ts';

/** The shortest script found in so many runs that still breaks the same rule: steps are left out, many at once first. */
export async function shrink(
  script: Script,
  faults: PlantedFaults,
  rule: string,
  triesMax = 400,
): Promise<{ readonly script: Script; readonly violations: readonly Violation[] }> {
  let tries = 0;
  let best = { script, violations: [] as readonly Violation[] };
  for (let size = Math.ceil(script.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.script.steps.length && tries < triesMax;) {
      const candidate = { ...best.script, steps: best.script.steps.toSpliced(from, size) };
      const violations = await runScript(candidate, faults);
      tries += 1;
      if (violations.some((each) => each.rule === rule)) best = { script: candidate, violations };
      else from += size;
    }
  }
  return best.violations.length > 0 ? best : { script, violations: await runScript(script, faults) };
}
