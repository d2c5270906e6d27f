import { ComityError, quote } from '@comity/protocol/base';
import { parseGoldenTests, parseLaw, runGoldenTests } from '../../sharing/index.ts';
import { failureText, readLawFile } from '../law/index.ts';
import { parseCount } from '../numbers.ts';
import { jsonText, plain, tableText, write } from '../terminal.ts';
import type { NodeCommand } from './command.ts';

export const showLaw: NodeCommand<'law show'> = async ({ flags }, client, terminal) => {
  const answer = await client.getLaw({ query: { hash: flags.hash } });
  if (flags.json) await write(terminal.stdout, jsonText(answer));
  else if (flags.text) await write(terminal.stdout, answer.law.text);
  else {
    const { entry, law, history } = answer;
    const by =
      entry.activatedBy === undefined ? `proposed by ${entry.proposedBy}` : `put in force by ${entry.activatedBy}`;
    await write(terminal.stdout, `${plain(entry.name)} (${entry.state}), ${plain(by)}\n${entry.hash}\n\n`);
    const rules = law.rules.map(({ id, effect, says, citation }) => [effect, id, says, citation]);
    await write(terminal.stdout, tableText(['EFFECT', 'RULE', 'WHAT', 'WHERE IT IS WRITTEN'], rules));
    const acts = history.map((act) => [
      act.state,
      act.activatedAt ?? act.proposedAt,
      act.activatedBy ?? act.proposedBy,
      act.name,
      act.hash.slice(0, 12),
    ]);
    if (acts.length > 0) await write(terminal.stdout, `\n${tableText(['STATE', 'AT', 'BY', 'NAME', 'HASH'], acts)}`);
  }
  return 0;
};

export const diffLaw: NodeCommand<'law diff'> = async ({ flags, positionals: [file = ''] }, client, terminal) => {
  const { text } = await readLawFile(file);
  const days = parseCount(flags.days, 'days', 1, 3650);
  const diff = await client.diffLaw({ body: { text, days } });
  const { objects, newlyShared, newlyWithheld, changes } = diff;
  if (flags.json) await write(terminal.stdout, jsonText(diff));
  else {
    const head = `Of ${objects} objects of ${days} days: newly share ${newlyShared}, newly withhold ${newlyWithheld}\n`;
    const lines = changes.flatMap(({ recipient, action, to, objects: count, examples }) => [
      `${to === 'allow' ? 'share' : 'withhold'} ${count}: ${action}, ${recipient}`,
      ...examples.map(({ id, reasons }) => `  ${id}: ${reasons.map(({ ruleId }) => ruleId).join(', ')}`),
    ]);
    await write(terminal.stdout, head + lines.map((line) => `${plain(line)}\n`).join(''));
  }
  return changes.length === 0 ? 0 : 1;
};

export const activateLaw: NodeCommand<'law activate'> = async (
  { flags, positionals: [file = ''] },
  client,
  terminal,
) => {
  const { name, text, tests } = await readLawFile(file);
  if (tests !== undefined) {
    const failed = runGoldenTests(parseLaw(text), parseGoldenTests(tests.text, tests.file)).find((one) => !one.passed);
    if (failed !== undefined)
      throw new ComityError('LAW_MALFORMED', `Cannot activate ${quote(file)}: a test fails: ${failureText(failed)}`);
  }
  const entry = await client.activateLaw({ body: { text, name: flags.name ?? name } });
  const done =
    entry.state === 'active' ? 'is in force' : 'is proposed: another who has the right activates the same text';
  await write(terminal.stdout, flags.json ? jsonText(entry) : `${plain(entry.name)} ${done}\n${entry.hash}\n`);
  return 0;
};
