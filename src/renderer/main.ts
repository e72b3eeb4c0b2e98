/** Finds the engine, by the desktop app's bridge or over http, and draws the window. */
import { mount } from 'svelte';
import './theme/tokens.css';
import './theme/base.css';
import './theme/list.css';
import { ACTIONS } from './actions/actions.ts';
import { bridgeConnection, type Connection } from './client/host.ts';
import { httpConnection, reloadForNewKey } from './client/http-connection.ts';
import StartFailure from './frame/StartFailure.svelte';
import { App } from './stores/app.svelte.ts';
import { sentenceOf } from './stores/notices.svelte.ts';
import Window from './Window.svelte';

const MOUSE_BACK = 3;
const MOUSE_FORWARD = 4;

function listenForMouseBack(): void {
  window.addEventListener('mouseup', (event) => {
    if (event.button !== MOUSE_BACK && event.button !== MOUSE_FORWARD) return;
    event.preventDefault();
    if (event.button === MOUSE_BACK) window.history.back();
    else window.history.forward();
  });
}

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no #app');

async function connect(): Promise<Connection> {
  if (window.earmark !== undefined) return bridgeConnection(window.earmark);
  reloadForNewKey();
  return httpConnection();
}

try {
  const app = new App(await connect());
  mount(Window, { target, props: { app } });
  window.earmark?.onAction?.((id) => {
    const action = ACTIONS.find((one) => one.id === id);
    if (action?.when(app)) action.run(app);
  });
  // A browser does it by itself; the desktop app's window has no buttons for it.
  if (window.earmark !== undefined) listenForMouseBack();
  await app.start();
} catch (error) {
  mount(StartFailure, { target, props: { sentence: sentenceOf(error) } });
}
