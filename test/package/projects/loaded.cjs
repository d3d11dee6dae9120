const { basename, dirname } = require('node:path');
const { connect } = require('imapwire');
const { createServer } = require('imapwire/testing');

const dist = dirname(require.resolve('imapwire'));
const loaded = () =>
  Object.keys(require.cache)
    .filter((path) => dirname(path) === dist)
    .map((path) => basename(path))
    .sort();

async function main() {
  const server = await createServer({ users: { anna: 'secret' } });
  const steps = [loaded()];
  for (const mechanism of ['PLAIN', 'CRAM-MD5']) {
    const auth = { user: 'anna', pass: 'secret', mechanism };
    const client = await connect({ host: '127.0.0.1', port: server.port, security: 'none', auth });
    await client.logout();
    steps.push(loaded());
  }
  await server.close();
  console.log(JSON.stringify(steps));
}

main();
