/** Which addresses a download may go to. */

/**
 * @param address of the publisher's, https
 * @param mirror takes the place of its scheme and host; its own path comes before the publisher's
 */
export function throughMirror(address: string, mirror: URL | null): URL {
  const original = new URL(address);
  if (!mirror) return original;
  const url = new URL(mirror);
  url.pathname = url.pathname.replace(/\/+$/, '') + original.pathname;
  url.search = original.search;
  url.hash = '';
  return url;
}

/** https anywhere; unencrypted only at the mirror that the user chose. */
export function mayVisit(url: URL, mirror: URL | null): boolean {
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && mirror?.protocol === 'http:' && url.host === mirror.host;
}

/** @returns host and port of the proxy for this address; null when there is none, or none that can be used */
export function proxyFor({ protocol }: URL, env: NodeJS.ProcessEnv): string | null {
  const found = proxySetting(protocol === 'https:' ? 'https_proxy' : 'http_proxy', env);
  return found && isUsable(found.value) ? new URL(found.value).host : null;
}

/**
 * Node passes over proxies that it does not understand (SOCKS, say) and connects without: not what was asked for.
 * @returns name of the variable that holds such a one; null when there is none
 */
export function unusableProxy(env: NodeJS.ProcessEnv): string | null {
  const all = [proxySetting('https_proxy', env), proxySetting('http_proxy', env)];
  return all.find((one) => one !== null && !isUsable(one.value))?.variable ?? null;
}

/** In the order in which Node looks. */
function proxySetting(name: string, env: NodeJS.ProcessEnv): { variable: string; value: string } | null {
  for (const variable of [name, name.toUpperCase()]) {
    const value = env[variable];
    if (value) return { variable, value };
  }
  return null;
}

function isUsable(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}
