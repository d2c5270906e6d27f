import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { runForTests } from './command-for-tests.ts';
import { serveFiles, temporaryDir, until } from '../node-for-tests.ts';
import type { Cleanup } from '../node-for-tests.ts';

const main = resolve(import.meta.dirname, '../main.ts');
const launcher = resolve(import.meta.dirname, '../../../../comity');

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function runProgram(
  program: string,
  args: readonly string[],
  options: { input?: string; cwd?: string; data?: string },
): Promise<Ran> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, COMITY_DATA: options.data ?? '' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(options.input ?? '');
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((done, fail) => child.on('error', fail).on('close', (code) => done({ code, stdout, stderr })));
}

/** One command on a data folder. */
const comity = (data: string | undefined, args: string, options: { input?: string; cwd?: string } = {}) =>
  runProgram(process.execPath, [main, ...args.split(' ')], { ...options, ...(data !== undefined && { data }) });

/** The same command in this process: all of the program but its start, its end and its signals, many times quicker. */
const commandHere = async (
  data: string | undefined,
  args: string | readonly string[],
  options: { input?: string } = {},
) => {
  const argv = typeof args === 'string' ? args.split(' ') : args;
  const { code, out, err } = await runForTests(argv, options.input, { COMITY_DATA: data ?? '' });
  return { code, stdout: out, stderr: err };
};

/** A running node: its child process and what it printed. */
async function startNode(
  cleanup: Cleanup,
  data: string,
): Promise<{ child: ChildProcess; printed: string; url: string }> {
  const child = spawn(process.execPath, [main, 'start', '--port', '0', '--data', data, '--keep-seen', '30'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanup.after(() => child.kill('SIGKILL'));
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  await until(() => printed.includes('Stop:') && existsSync(join(data, 'node.json')), 'the node runs');
  return { child, printed, url: /at (http\S+)/.exec(printed)?.[1] ?? '' };
}

async function stopNode({ child }: { child: ChildProcess }): Promise<number | null> {
  const ended = new Promise<number | null>((done) => child.once('close', done));
  child.kill('SIGTERM');
  return await ended;
}

/** The same work with a node that runs and without one: commands must not tell the difference. */
for (const running of [false, true]) {
  test(`intelligence goes in, is found, exported and released ${running ? 'through the running node' : 'without a node'}`, async (context) => {
    const dir = temporaryDir(context);
    const data = join(dir, 'data');
    const list = join(dir, 'list.txt');
    writeFileSync(list, 'evil.example\n10.7.7.7\nno value at all!\n');
    const node = running ? await startNode(context, data) : undefined;
    const run = running ? comity : commandHere;

    const imported = await run(data, `intel import ${list} --reliability B --tlp green`);
    assert.deepEqual([imported.code, imported.stderr], [0, '']);
    assert.match(imported.stdout, /^list\.txt: 1 taken, 0 duplicate, 1 held back, 1 rejected \(list\)$/m);
    assert.match(imported.stdout, /^ {2}held-back line 2: .*Special-use addresses/m);
    assert.match(imported.stdout, /^ {2}rejected line 3: /m);

    const fromPipe = await run(data, 'intel import - --json', { input: 'evil.example\nmore.example\n' });
    const report = JSON.parse(fromPipe.stdout) as { taken: number; name: string };
    assert.deepEqual(
      [report.taken, report.name],
      [1, 'standard input'].map((value) => value),
    );

    const found = await run(data, 'intel search evil.example');
    assert.match(found.stdout, /^active +amber\+strict +evil\.example/m);
    assert.equal((await run(data, 'intel search nothing-like-it.example')).code, 1);
    const rows = JSON.parse((await run(data, 'intel search --json --limit 0')).stdout) as unknown[];
    assert.equal(rows.length, 3);

    assert.equal((await run(data, 'intel export --format list')).stdout, 'more.example\nevil.example\n');
    const file = join(dir, 'out.json');
    assert.equal((await run(data, `intel export --output ${file}`)).code, 0);
    assert.equal((JSON.parse(readFileSync(file, 'utf8')) as { type: string }).type, 'bundle');
    assert.match((await run(data, `intel export --output ${file}`)).stderr, /it exists already/);

    assert.match(
      (await run(data, 'intel release 10.7.7.7')).stderr,
      /^comity: Cannot release without a reason\n {2}Say why/,
    );
    assert.equal((await run(data, 'intel release 10.7.7.7 --reason ours')).stdout, '1 released\n');
    assert.equal((await run(data, 'intel release 10.8.8.8 --reason ours')).code, 1);
    assert.match((await run(data, 'intel search 10.7.7.7')).stdout, /^active/m);
    assert.match((await run(data, 'import list')).stdout, /standard input/);
    const hunted = await run(data, 'hunt evil.example 192.0.2.0/24 --since 7d');
    if (node === undefined) assert.match(hunted.stderr, /^comity: Cannot hunt: this node notes nothing/);
    else assert.deepEqual([hunted.code, hunted.stderr], [1, '']);
    if (node !== undefined) assert.match(hunted.stdout, /^Nothing seen\.$/m);
    assert.match((await run(data, 'hunt nonsense!')).stderr, /^comity: Cannot hunt for "nonsense!"/);
    if (node !== undefined) assert.equal(await stopNode(node), 0);
  });
}

for (const running of [false, true]) {
  test(`asked to stop, an import ends after its batch with a report and exit 2 ${running ? 'through the running node' : 'without a node'}`, async (context) => {
    const data = join(temporaryDir(context), 'data');
    const node = running ? await startNode(context, data) : undefined;
    const child = spawn(process.execPath, [main, 'intel', 'import', '-', '--data', data]);
    context.after(() => child.kill('SIGKILL'));
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    const ended = new Promise<number | null>((done) => child.on('close', done));
    // Standard input stays open, so that nothing but the signal can end it; the pipe drains once the import takes lines.
    const lines = Array.from({ length: 60_000 }, (_, index) => `n${index}.evil.example\n`).join('');
    child.stdin.on('error', () => undefined);
    await new Promise((taken) => child.stdin.write(lines, taken));
    child.kill('SIGTERM');
    assert.equal(await ended, 2);
    assert.match(stdout, /^standard input: \d{4,} taken, .*\n {2}failed: stopped before its end$/m);
    if (node !== undefined) assert.equal(await stopNode(node), 0);
    const listed = await comity(data, 'import list');
    assert.match(listed.stdout, /^\S+ +failed +\d{4,} /m);
  });
}

test('feeds: private addresses only when allowed, a pull brings intelligence, a failing pull is exit 2', async (context) => {
  const data = join(temporaryDir(context), 'data');
  const files = await serveFiles(context, { '/feed.txt': 'fed.example\n' });
  const refused = await commandHere(data, `feed add ${files.url}/feed.txt`);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /no public address\n.*--allow-private/);
  assert.equal(
    (await commandHere(data, `feed add ${files.url}/feed.txt --name good --interval 30 --allow-private`)).code,
    0,
  );
  assert.equal((await commandHere(data, `feed add ${files.url}/gone.txt --name gone --allow-private`)).code, 0);
  const pulled = await commandHere(data, 'feed pull good');
  assert.match(pulled.stdout, /^ok +1 /m);
  assert.deepEqual(files.asked, ['/feed.txt']);
  assert.equal((await commandHere(data, 'intel search fed.example')).code, 0);
  const both = await commandHere(data, 'feed pull --json');
  assert.equal(both.code, 2);
  assert.match((await commandHere(data, 'feed list')).stdout, /failing .*gone.*answered 404/);
  assert.match(
    (await commandHere(data, 'feed pull nobody')).stderr,
    /Cannot find the feed "nobody"\n {2}comity feed list/,
  );
  assert.equal((await commandHere(data, 'doctor')).code, 1);
});

test('sources, known-good lists and tokens are added and listed', async (context) => {
  const dir = temporaryDir(context);
  const data = join(dir, 'data');
  const list = (name: string) =>
    JSON.stringify({ name, description: '', type: 'hostname', version: 3, list: ['good.example'] });
  mkdirSync(join(dir, 'lists/a'), { recursive: true });
  mkdirSync(join(dir, 'lists/b'));
  writeFileSync(join(dir, 'lists/a/list.json'), list('List A'));
  writeFileSync(join(dir, 'lists/b/list.json'), list('List B'));
  writeFileSync(join(dir, 'broken.json'), '{');
  assert.match((await comity(data, 'known-good import lists', { cwd: dir })).stdout, /List A .*\n.*List B/);
  const partly = await comity(data, 'known-good import broken.json lists/a/list.json', { cwd: dir });
  assert.equal(partly.code, 2);
  assert.match(partly.stderr, /^comity: broken\.json: Cannot parse/);
  assert.match((await commandHere(data, 'known-good list')).stdout, /^List B +hostname +1 +3/m);

  assert.match((await comity(data, 'source add file records.log --name mine', { cwd: dir })).stdout, /mine/);
  const sources = JSON.parse((await commandHere(data, 'source list --json')).stdout) as { location: string }[];
  assert.equal(sources[0]?.location, join(dir, 'records.log'));

  const token = await commandHere(data, 'token create shipper --scope records');
  assert.match(token.stdout, /^comity_[\w-]{43}\n$/);
  const id = /tok-\w+/.exec((await commandHere(data, 'token list')).stdout)?.[0] ?? '';
  assert.equal((await commandHere(data, `token delete ${id}`)).code, 0);
  assert.match((await commandHere(data, `token delete ${id}`)).stderr, /Cannot find the token/);
});

test('a backup taken while the node runs makes a folder with the same content; nothing is overwritten', async (context) => {
  const dir = temporaryDir(context);
  const data = join(dir, 'data');
  const node = await startNode(context, data);
  await comity(data, 'intel import -', { input: 'kept.example\n' });
  const file = join(dir, 'node.backup');
  assert.equal((await comity(data, `backup ${file}`)).stdout, `${file} written\n`);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.match((await comity(data, `backup ${file}`)).stderr, /it exists already/);
  assert.deepEqual(
    readdirSync(data).filter((name) => name.includes('backup')),
    [],
  );
  assert.equal(await stopNode(node), 0);
  const restored = join(dir, 'restored');
  assert.equal((await comity(restored, `restore ${file}`)).code, 0);
  assert.equal((await comity(restored, 'intel search kept.example')).code, 0);
  const again = await comity(restored, `restore ${file}`);
  assert.equal(again.code, 2);
  assert.match(again.stderr, /^comity: Cannot .*\n/);
  writeFileSync(join(dir, 'no.backup'), 'nothing');
  assert.equal((await comity(join(dir, 'other'), `restore ${join(dir, 'no.backup')}`)).code, 2);
});

test('a running node prints where it is and nothing else, makes sign-in links, and leaves its folder clean', async (context) => {
  const data = join(temporaryDir(context), 'data');
  const node = await startNode(context, data);
  assert.match(
    node.printed,
    /^Comity runs at http:\/\/127\.0\.0\.1:\d+\nSign in: +http:\/\/127\.0\.0\.1:\d+\/sign-in#code=[\w-]{43} \(.*\)\nData folder: +\/.*\nStop: +Ctrl-C\n$/,
  );
  assert.equal(statSync(join(data, 'node.json')).mode & 0o777, 0o600);
  const link = (await comity(data, 'sign-in')).stdout.trim();
  assert.ok(link.startsWith(`${node.url}/sign-in#code=`));
  const body = JSON.stringify({ code: link.replace(/.*#code=/, '') });
  const answer = await fetch(`${node.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  assert.equal(answer.status, 200);
  const doctor = JSON.parse((await comity(data, 'doctor --json')).stdout) as { name: string; message: string }[];
  assert.equal(doctor.find((check) => check.name === 'address')?.message, node.url);
  assert.equal(await stopNode(node), 0);
  assert.ok(!existsSync(join(data, 'node.json')));
  assert.match((await comity(data, 'sign-in')).stderr, /no node runs.*\n.*comity start/);
});

test('a data folder that another node has is refused in one line with what to do', async (context) => {
  const data = join(temporaryDir(context), 'data');
  const node = await startNode(context, data);
  const second = await comity(data, 'start --port 0');
  assert.equal(second.code, 2);
  assert.match(second.stderr, /^comity: Cannot [^\n]+\n {2}Stop the process that has it open[^\n]+\n$/);
  await stopNode(node);
});

test('a node that was killed leaves an address behind that commands see through', async (context) => {
  const data = join(temporaryDir(context), 'data');
  const node = await startNode(context, data);
  const ended = new Promise((done) => node.child.once('close', done));
  node.child.kill('SIGKILL');
  await ended;
  assert.ok(existsSync(join(data, 'node.json')));
  assert.equal((await comity(data, 'intel import -', { input: 'after.example\n' })).code, 0);
});

test('a taken port is said in one line', async (context) => {
  const dir = temporaryDir(context);
  const node = await startNode(context, join(dir, 'one'));
  const { code, stderr } = await comity(join(dir, 'two'), `start --port ${new URL(node.url).port}`);
  assert.equal(code, 2);
  assert.match(stderr, /^comity: Cannot listen on [^\n]+: the port is taken\n {2}[^\n]+\n$/);
  await stopNode(node);
});

test('commands that only look say so when there is no data folder, and make none', async (context) => {
  const data = join(temporaryDir(context), 'none');
  for (const command of ['intel search x.example', 'doctor', 'feed list', 'backup x', 'token list']) {
    const { stderr } = await commandHere(data, command);
    assert.match(stderr, /^comity: Cannot find the data folder .*\n {2}Start the node with comity start/, command);
  }
  assert.ok(!existsSync(data));
});

test('screening from the command line: 0 with a match, 1 without, 2 when it could not', async (context) => {
  const dir = temporaryDir(context);
  writeFileSync(join(dir, 'list.txt'), 'evil.example\n');
  writeFileSync(join(dir, 'a.log'), 'GET http://www.evil.example/ 200\n');
  const hit = await comity(undefined, 'screen --json --indicators list.txt a.log', { cwd: dir });
  assert.equal(hit.code, 0);
  assert.deepEqual((JSON.parse(hit.stdout) as { relation: string }).relation, 'subdomain');
  const [list, log] = [join(dir, 'list.txt'), join(dir, 'a.log')];
  assert.equal((await commandHere(undefined, `screen --indicators ${list}`, { input: 'nothing here\n' })).code, 1);
  assert.equal((await commandHere(undefined, `screen --indicators ${join(dir, 'missing.txt')} ${log}`)).code, 2);
  const files = await serveFiles(context, { '/list.txt': 'evil.example\n' });
  assert.equal((await commandHere(undefined, `screen --indicators ${files.url}/list.txt ${log}`)).code, 2);
  assert.equal(
    (await commandHere(undefined, `screen --allow-private --indicators ${files.url}/list.txt ${log}`)).code,
    0,
  );
});

test('a pipe closed early is no error', async (context) => {
  const data = join(temporaryDir(context), 'data');
  await commandHere(data, 'intel import -', {
    input: Array.from({ length: 20_000 }, (_, index) => `n${index}.example\n`).join(''),
  });
  const script = `"${process.execPath}" "${main}" intel export --format list | head -n 1; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = await runProgram('bash', ['-c', script], { data });
  assert.deepEqual([stdout.split('\n')[1], stderr], ['0', '']);
});

test('the launcher works from any folder, through a symbolic link and with spaces in its way', async (context) => {
  const dir = join(temporaryDir(context), 'a folder with spaces');
  mkdirSync(dir);
  symlinkSync(launcher, join(dir, 'first link'));
  symlinkSync('first link', join(dir, 'comity'));
  const { code, stdout } = await runProgram(join(dir, 'comity'), ['version'], { cwd: dir });
  assert.deepEqual([code, /^\d+\.\d+\.\d+\n$/.test(stdout)], [0, true]);
  assert.equal((await runProgram(launcher, ['scren'], { cwd: dir })).code, 2);
});

test('what is missing, empty or no URL is said in the words of the command line', async (context) => {
  const dir = temporaryDir(context);
  const data = join(dir, 'data');
  const said: [string[], number, RegExp][] = [
    [['source', 'add', 'file'], 2, /^comity: Cannot run source add file: LOCATION is missing\n/],
    [['token', 'create', ''], 2, /^comity: Cannot run token create: NAME is empty\n/],
    [['feed', 'add', 'no url'], 2, /^comity: Cannot use "no url" as URL: it begins with https/],
    [['intel', 'import', join(dir, 'none')], 2, /there is no such file or folder\n$/],
    [['known-good', 'import', join(dir, 'none')], 2, /there is no such file or folder\n$/],
  ];
  for (const [args, code, message] of said) {
    const ran = await commandHere(data, args);
    assert.equal(ran.code, code, args.join(' '));
    assert.match(ran.stderr, message);
  }
  const full = await runProgram('bash', ['-c', `"${process.execPath}" "${main}" help > /dev/full`], { data });
  assert.deepEqual([full.code, full.stderr], [2, 'comity: Cannot write the output: no space left\n']);
});
