/** What Node says of a connection that failed, as a sentence; and whether another try may help. */
import { Passing, type Sentences } from './sentences.ts';
import type { UserError } from '../../../shared/errors.ts';

/** No way there: the machine is offline, or the name or the other side does not exist. */
const UNREACHABLE = /^(ENOTFOUND|EAI_\w+|ECONNREFUSED|ENETUNREACH|ENETDOWN|EHOSTUNREACH|EHOSTDOWN|EADDRNOTAVAIL)$/;
/** https://nodejs.org/api/tls.html#x509-certificate-error-codes, and what OpenSSL says when the other side talks no TLS. */
const NOT_TRUSTED =
  /^(CERT_|CRL_|UNABLE_TO_|ERROR_IN_CERT_|ERROR_IN_CRL_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED|ERR_TLS_|ERR_SSL_|EPROTO$)/;

interface SystemError extends Error {
  code?: string;
  hostname?: string;
  port?: number;
  statusCode?: number;
  errors?: SystemError[];
}

/**
 * @param host that was asked
 * @param proxy host and port of the one that an address like this goes through; null when it needs none
 */
export function networkFault(
  thrown: unknown,
  host: string,
  proxy: string | null,
  sentences: Sentences,
): Passing | UserError {
  const error = thrown as SystemError;
  const code = error.code ?? '';
  if (error.code === 'ERR_PROXY_TUNNEL') {
    const status = error.statusCode ?? 502;
    const refusal = sentences.proxyRefuses(proxy ?? host, status, error);
    return status >= 500 ? new Passing(refusal, { onceBegun: true }) : refusal;
  }
  if (NOT_TRUSTED.test(code)) return sentences.notTrusted(host, error);
  if (UNREACHABLE.test(code)) {
    const byProxy = proxy !== null && concerns(error, proxy);
    return new Passing(byProxy ? sentences.proxyUnreachable(proxy, error) : sentences.offline(host, error), { onceBegun: true }); // prettier-ignore
  }
  return new Passing(sentences.lost(host, error)); // reset, closed too early, garbled: whatever else it is, it may pass
}

/** Whether it was this host and port that could not be reached. Where a name has several addresses, each has its error. */
function concerns(error: SystemError, hostAndPort: string): boolean {
  const { hostname, port } = new URL(`http://${hostAndPort}`);
  const one = error.errors?.[0] ?? error;
  return one.hostname === hostname || one.port === Number(port || 80);
}
