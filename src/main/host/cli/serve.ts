/** `earmark serve`: the engine in the background and the window in a browser, until Ctrl-C. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import open from 'open';
import { createEngine, type EngineHandle } from '../../engine/engine.ts';
import { INSTALL_FOLDER } from '../../files/install.ts';
import { DawBridge } from '../daw/daw-bridge.ts';
import { directClient } from '../dispatch.ts';
import { ApiTokens } from '../http/api-tokens.ts';
import { startHttpHost, type HttpHost } from '../http/server.ts';
import type { Client } from '../../../shared/contract.ts';
import { toWire } from '../../../shared/errors.ts';
import { waitForJob } from '../../../shared/jobs.ts';
import { describeSummary } from './commands.ts';
import { printable } from './format.ts';
import { EXIT, printAside, printJson, printOut, reportError } from './output.ts';
import { ProgressLine } from './progress.ts';

/** Where the window is built to (vite.config.ts). */
const WINDOW_FOLDER = join(INSTALL_FOLDER, 'dist', 'renderer');
/** As in main.ts: one Ctrl-C may arrive twice. */
const ONE_CTRL_C_MS = 300;
const CLOSING_PATIENCE_MS = 2000;

export interface ServeOptions {
  dataFolder: string;
  model?: string;
  json: boolean;
  verbose: boolean;
  /** Absolute. */
  folders: string[];
  port?: number;
  openBrowser: boolean;
}

/** @returns the exit code, when Ctrl-C has come or the server could not be started */
export async function serve(options: ServeOptions): Promise<number> {
  const { dataFolder, model, json, verbose } = options;
  const stop = stopOnSignals();
  let handle: EngineHandle | null = null;
  let host: HttpHost | null = null;
  let daw: DawBridge | null = null;
  try {
    handle = createEngine({ dataFolder, ...(model === undefined ? {} : { model }), load: 'background', watchRoots: true, followOthers: true }); // prettier-ignore
    const port = options.port === undefined ? {} : { port: options.port };
    daw = new DawBridge({ dataFolder, handle, notice: printAside, windows: () => host?.windows() ?? 0 });
    host = await startHttpHost({ handle, windowFolder: WINDOW_FOLDER, tokens: new ApiTokens(dataFolder), ...port });
    await announce(host, json);
    if (options.openBrowser && host.windowBuilt) await openInBrowser(host);
    const client = directClient(handle.engine, handle.on);
    const quiet = showProgress(client);
    if (options.folders.length > 0) void startIndex(options.folders, client);
    await stopped(stop);
    quiet();
    printAside('Stopping. Results so far are kept …');
    return EXIT.interrupted;
  } catch (error) {
    return await reportError(error, json, verbose);
  } finally {
    const closed = (async () => {
      await daw?.close();
      await host?.close();
      await handle?.close();
    })();
    // A child that hangs must not hold up someone who wants to leave: it ends by itself when its channel closes.
    await (stop.aborted ? Promise.race([closed, sleep(CLOSING_PATIENCE_MS)]) : closed);
  }
}

async function announce({ url, origin, port, token, windowBuilt }: HttpHost, json: boolean): Promise<void> {
  if (json) await printJson({ url, origin, port, token, windowBuilt });
  else await printOut(`Earmark runs at ${url}\nPress Ctrl-C to stop.`);
  if (!windowBuilt) printAside('The window has not been built yet. Run: npm run build:renderer');
}

async function openInBrowser(host: HttpHost): Promise<void> {
  const cannot = (error: unknown) => {
    printAside(`Could not open a browser (${printable(String(error))}). Open the address above.`); // prettier-ignore
  };
  try {
    const opening = await open(host.oneTimeUrl());
    opening.on('error', cannot);
  } catch (error) {
    cannot(error);
  }
}

/** Jobs may be started from a window, too; their progress is shown all the same. @returns to stop */
function showProgress(client: Client): () => void {
  const line = new ProgressLine(process.stderr);
  const quiet = [
    client.on('job.progress', (progress) => {
      if (progress.state === 'running') line.show(progress);
      else line.clear();
    }),
    client.on('engine.notice', ({ message }) => line.say(message)),
  ];
  return () => {
    line.clear();
    for (const off of quiet) off();
  };
}

/** Folders of the command line: a problem with them is reported, and the server continues. */
async function startIndex(folders: string[], client: Client): Promise<void> {
  try {
    const summary = await waitForJob(client, await client.call('index.start', { folders }), 'index');
    if (!summary.cancelled) printAside(describeSummary(summary).join('\n'));
  } catch (error) {
    printAside(`earmark: ${toWire(error).userMessage}`);
  }
}

/** The second Ctrl-C means it: leave at once. Nothing is lost but the files in work. */
function stopOnSignals(): AbortSignal {
  const stop = new AbortController();
  let lastSignalMs = -Infinity;
  const onSignal = () => {
    const now = performance.now();
    if (now - lastSignalMs < ONE_CTRL_C_MS) return;
    lastSignalMs = now;
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('SIGHUP', onSignal); // the terminal was closed
  return stop.signal;
}

function stopped(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) resolve();
    else stop.addEventListener('abort', () => resolve(), { once: true });
  });
}
