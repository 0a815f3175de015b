import { execFile } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serverProgram } from './programs.js';
import { serverFile } from './unprivileged.js';

const run = promisify(execFile);

export interface Certificates {
  readonly caFile: string;
  readonly certificateFile: string;
  /** The key of the certificate, for the server's user alone. */
  readonly keyFile: string;
}

/** A certificate for this machine's loopback in `folder`: the given one, else one of an authority made for it. */
export async function certificatesIn(folder: string, given: Certificates | undefined): Promise<Certificates> {
  const caFile = join(folder, 'ca.pem');
  const certificateFile = join(folder, 'server.pem');
  const keyFile = join(folder, 'server.key');
  if (given === undefined) return makeCertificates(folder, { caFile, certificateFile, keyFile });
  await copyFile(given.caFile, caFile);
  await copyFile(given.certificateFile, certificateFile);
  await serverFile(keyFile, await readFile(given.keyFile, 'utf8'));
  return { caFile, certificateFile, keyFile };
}

async function makeCertificates(folder: string, files: Certificates): Promise<Certificates> {
  // A configuration of our own: the private root's is where OpenSSL does not look, the system's may be any.
  const configuration = join(folder, 'openssl.cnf');
  await writeFile(configuration, '[req]\ndistinguished_name = name\n[name]\n');
  const request = async (...parameters: string[]): Promise<void> => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    await run(serverProgram('openssl'), ['req', '-x509', '-days', '30', '-config', configuration, ...key, ...parameters], { timeout: 30_000 });
  };
  const caKey = join(folder, 'ca.key');
  const privateKey = join(folder, 'new.key');
  const ca = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
  await request('-subj', '/CN=Holdfast test authority', ...ca, '-keyout', caKey, '-out', files.caFile);
  const server = ['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-addext', 'basicConstraints=critical,CA:FALSE'];
  const issuer = ['-CA', files.caFile, '-CAkey', caKey];
  await request('-subj', '/CN=localhost', ...issuer, ...server, '-keyout', privateKey, '-out', files.certificateFile);
  await serverFile(files.keyFile, await readFile(privateKey, 'utf8'));
  return files;
}
