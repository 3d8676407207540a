// Watches the loop and its lanes.
import {allowCommands} from './commands.js';
import {bar, byId, element, figure, problemOf, say, setBadge, setBar} from './page.js';

const EVERY = 500;
const LANES = {
  active: 'runs every body, one at a time',
  passive: 'waits for the gateway',
  work: 'signs messages',
};
const MEANINGS = {
  NEW: 'Not started yet: alerts wait for the start.',
  RUNNING: 'Takes alerts, and works on them.',
  DRAINING: 'Alerts under way go on until everybody is notified or the deadline has passed. Meanwhile no alert can be raised or'
    + ' looked at.',
  STOPPING: 'Time is up: what runs is interrupted, and what waits is dropped. These people count as failed; a notice that was'
    + ' already on its way may arrive all the same.',
  STOPPED: 'Nobody is notified. Whoever was not reached when it stopped counts as failed. Alerts cannot be raised or looked at'
    + ' until it is started again; then their figures are there again.',
};

function buildLanes() {
  for (const [lane, does] of Object.entries(LANES)) {
    const waiting = element('span', 'text');
    waiting.id = `${lane}-waiting`;
    byId('lanes').append(element('div', 'card',
      element('h4', '', lane),
      element('p', 'note', does),
      element('div', 'bar', element('span', '', 'running'), ...bar(`${lane}-running`, `${lane} lane: running`, 'done')),
      element('div', 'bar count', element('span', '', 'waiting'), waiting)));
  }
}

function showLoop(loop) {
  setBadge(byId('loop-state'), loop.state.toLowerCase(), loop.state === 'RUNNING');
  say(byId('loop-meaning'), MEANINGS[loop.state]);
  for (const lane of Object.keys(LANES)) {
    const {size, capacity, running, threads} = loop.lanes[lane];
    setBar(`${lane}-running`, [running], threads, `${figure(running)} of ${figure(threads)}`);
    byId(`${lane}-waiting`).textContent = `${figure(size)} of ${figure(capacity)}`;
  }
  say(byId('limit'), limitOf(loop));
  allowCommands(loop.state);
}

function limitOf({limits}) {
  const {rate, perMillis, waiting} = limits.gateway;
  const time = perMillis === 1000 ? 'a second' : `in ${perMillis / 1000} s`;
  return `The gateway allows ${figure(rate)} tries ${time}. Of the deliveries in the passive lane ${figure(waiting)} wait for a permit of`
    + ' that limit, or for an earlier notice to the same address.';
}

async function watchLoop() {
  try {
    const response = await fetch('actuator/pel', {headers: {Accept: 'application/json'}});
    if (!response.ok) {
      throw new Error((await problemOf(response)).text);
    }
    showLoop(await response.json());
    say(byId('loop-problem'), '');
  } catch (problem) {
    setBadge(byId('loop-state'), 'unknown', false);
    say(byId('loop-meaning'), '');
    say(byId('limit'), '');
    say(byId('loop-problem'), `The loop cannot be seen: ${problem.message}`);
    allowCommands('unknown');
  }
  setTimeout(watchLoop, EVERY);
}

export function startLoop() {
  buildLanes();
  watchLoop();
}
