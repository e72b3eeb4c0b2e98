/**
 * Loaded into a forked Node process before its own code: gives it the port that an Electron utility process has, over
 * the channel of the fork, and takes the channel itself away, as there is none in a utility process.
 */
import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers';
import { isMainThread } from 'node:worker_threads';

// Threads inherit what is loaded before, and have no port.
if (isMainThread) {
  const port = new EventEmitter();
  const send = process.send.bind(process);
  port.postMessage = (message) => {
    if (process.connected) send(message);
  };
  const early = [];
  process.on('message', (data) => {
    if (port.listenerCount('message') === 0) early.push(data);
    else port.emit('message', { data, ports: [] });
  });
  // A port queues messages until it has a listener.
  port.on('newListener', (name) => {
    if (name === 'message')
      setImmediate(() => early.splice(0).forEach((data) => port.emit('message', { data, ports: [] })));
  });
  // Chromium ends a utility process whose browser process is gone.
  process.on('disconnect', () => process.exit(0));
  Object.defineProperty(process, 'parentPort', { value: port });
  process.send = undefined;
}
