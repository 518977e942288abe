// The comparison: what somebody would write with nothing but ssh2 to read the same things from the same hosts.
// Connects to all at once, then one exec a round trip, with all scripts of that round trip in it.
import { readFileSync } from 'node:fs'
import { connect as tcp } from 'node:net'
import { Client } from 'ssh2'

const hosts = JSON.parse(readFileSync(process.argv[2], 'utf8'))

async function read({ address, user, privateKey, bundles }) {
  const sock = tcp(22, address)
  sock.setNoDelay(true)
  const client = new Client()
  await new Promise((resolve, reject) =>
    client
      .on('ready', resolve)
      .on('error', reject)
      .connect({ sock, username: user, authHandler: [{ type: 'publickey', username: user, key: privateKey }] }),
  )
  for (const scripts of bundles) {
    await new Promise((resolve, reject) =>
      client.exec(scripts.map((script) => `(${script}\n)`).join('\n'), (error, stream) => {
        if (error) return reject(error)
        stream.on('close', resolve).resume()
        stream.stderr.resume()
      }),
    )
  }
  client.end()
}

await Promise.all(hosts.map(read))
