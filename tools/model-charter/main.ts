import { checkScenario, rules } from './model.ts';
import { scenariosOf } from './scenarios.ts';

/**
 * `npm run model:charter [-- MEMBERS]`: every state that votes of one to five members can come to, and in each whether two charters can
 * come of one. Prints the count of states; the exit code is 1 when a rule was broken.
 */
const membersMax = Number(process.argv[2] ?? 5);
const began = performance.now();
/** With more members, a yes that is cosigned too late is one that nobody shows. */
const lateMembersMax = 4;
let states = 0;
for (let count = 1; count <= membersMax; count++) {
  for (const scenario of scenariosOf(count)) {
    const result = checkScenario(scenario, rules, count <= lateMembersMax);
    states += result.states;
    process.stdout.write(`${scenario.name}: ${result.states} states\n`);
    for (const fault of result.faults) {
      process.stdout.write(`  ${fault}\n`);
      process.exitCode = 1;
    }
  }
}
const seconds = ((performance.now() - began) / 1000).toFixed(1);
const { user, system } = process.cpuUsage();
process.stdout.write(`${states} states, ${seconds} s, ${((user + system) / 1e6).toFixed(1)} s of a processor\n`);
