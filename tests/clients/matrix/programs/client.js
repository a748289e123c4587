// SPDX-License-Identifier: ISC
// client.js HOW HOST PORT SECONDS [CA]: Node.js. Its own CAs stand beside the CA.
const [how, host, port, seconds, ca] = process.argv.slice(2);
const fs = require('fs');
const fail = (e) => { console.error(e.cause ? e.cause.code : e.code); process.exitCode = 1; };
const trust = ca ? { ca: fs.readFileSync(ca) } : {};
if (how === 'https' || how === 'unverified') {
  const options = { host, port, ...trust, rejectUnauthorized: how === 'https', timeout: seconds * 1000, agent: false };
  const request = require('https').get(options, (answer) => answer.resume());
  request.on('timeout', () => request.destroy(new Error('no answer')));
  request.on('error', fail);
} else if (how === 'tls') {
  const tls = require('tls').connect({ host, port, servername: host, ...trust }, () => tls.write('GET / HTTP/1.0\r\n\r\n'));
  tls.on('data', () => {});
  tls.on('error', fail);
} else if (how === 'fetch') {
  fetch(`https://${host}:${port}/`, { signal: AbortSignal.timeout(seconds * 1000) }).then((answer) => answer.text()).catch(fail);
}
