// Serves a folder over http on the loopback from a process of its own, since scripts run while this one waits.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

/** The address of the folder, with a slash at its end. Files are read anew for each request. */
export async function serveHere(folder: string): Promise<string> {
  const server = spawn(process.execPath, ['-e', program, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void server.kill())
  const [port] = (await once(server.stdout, 'data')) as [Buffer]
  return `http://127.0.0.1:${String(port).trim()}/`
}

const program = `
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const server = require('node:http').createServer((request, response) => {
  try { response.end(readFileSync(join(process.argv[1], decodeURIComponent(request.url)))) }
  catch { response.writeHead(404).end() }
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
`
