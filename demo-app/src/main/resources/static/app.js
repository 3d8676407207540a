// Shows what the two addresses say: the alert that was raised here last, and the loop. What comes from a file is only ever
// set as text, never as markup.
'use strict';

const EVERY = 500;
const CHANNELS = ['sms', 'email', 'popup'];
const LANES = {
  active: 'runs every body, one at a time',
  passive: 'waits for the gateway',
  work: 'signs messages',
};

const byId = id => document.getElementById(id);
let address = null;

// ---------------------------------------------------------------- small pieces

function element(name, className, ...children) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children); // strings become text nodes
  return made;
}

function bar(key, label) {
  const progress = document.createElement('progress');
  progress.id = key;
  progress.max = 1;
  progress.value = 0;
  progress.setAttribute('aria-label', label);
  const output = document.createElement('output');
  output.id = key + '-text';
  return {progress, output};
}

function setBar(key, value, max, text) {
  byId(key).max = Math.max(max, 1);
  byId(key).value = value;
  byId(key + '-text').textContent = text;
}

function setBadge(node, text, good) {
  node.textContent = text;
  node.classList.toggle('good', good === true);
  node.classList.toggle('bad', good === false);
}

function say(node, text) {
  node.textContent = text;
  node.hidden = !text;
}

// What went wrong, in words: the "detail" that the demo sends with every error.
async function problemOf(response) {
  const problem = await response.json().catch(() => ({}));
  const later = response.headers.get('Retry-After');
  const detail = problem.detail || `The server answered ${response.status}.`;
  return {...problem, text: later ? `${detail} Try again in ${later} s.` : detail};
}

// ---------------------------------------------------------------- the loop

function buildLanes() {
  for (const [lane, does] of Object.entries(LANES)) {
    const waiting = bar(`${lane}-waiting`, `${lane} lane: waiting`);
    const running = bar(`${lane}-running`, `${lane} lane: running`);
    byId('lanes').append(element('div', 'card',
      element('h3', '', lane),
      element('p', 'note', does),
      element('div', 'bar', element('span', '', 'waiting'), waiting.progress, waiting.output),
      element('div', 'bar', element('span', '', 'running'), running.progress, running.output)));
  }
}

function showLoop(loop) {
  setBadge(byId('loop-state'), loop.state.toLowerCase(), loop.state === 'RUNNING');
  for (const lane of Object.keys(LANES)) {
    const figures = loop.lanes[lane];
    // a lane of 10 000 places would never seem to move: the bar is full at 300
    setBar(`${lane}-waiting`, figures.size, Math.min(figures.capacity, 300), String(figures.size));
    setBar(`${lane}-running`, figures.running, figures.threads, `${figures.running} of ${figures.threads}`);
  }
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
    say(byId('loop-problem'), `The loop cannot be seen: ${problem.message}`);
  }
  setTimeout(watchLoop, EVERY);
}

// ---------------------------------------------------------------- the alert

function buildChannels() {
  for (const channel of CHANNELS) {
    const {progress, output} = bar(`channel-${channel}`, `${channel}: done`);
    byId('channels').append(element('div', 'bar channel', element('span', '', channel), progress, output));
  }
}

function showRefused(rows) {
  byId('refused').hidden = rows.length === 0;
  byId('refused-rows').replaceChildren(...rows.map(row =>
    element('tr', '', element('td', '', String(row.line)), element('td', '', row.reason))));
}

function showAlert(alert) {
  for (const figure of ['accepted', 'delivered', 'failed']) {
    byId(figure).textContent = alert[figure];
  }
  byId('refused-count').textContent = alert.refused.length;
  for (const channel of CHANNELS) {
    const {pending, delivered, failed} = alert.channels[channel];
    setBar(`channel-${channel}`, delivered + failed, pending + delivered + failed,
      `${delivered} delivered, ${failed} failed, ${pending} to go`);
  }
  byId('reasons').replaceChildren(...Object.entries(alert.reasons).map(([reason, count]) =>
    element('li', '', `${count} × ${reason}`)));
  setBadge(byId('alert-state'), alert.finished ? 'finished' : 'under way', alert.finished ? true : null);
}

async function watchAlert(watched) {
  if (watched !== address) {
    return; // another alert was raised meanwhile
  }
  try {
    const response = await fetch(watched);
    if (response.ok) {
      const alert = await response.json();
      showAlert(alert);
      say(byId('problem'), '');
      if (alert.finished) {
        return;
      }
    } else {
      say(byId('problem'), (await problemOf(response)).text);
      if (response.status === 404) {
        return;
      }
    }
  } catch (problem) {
    say(byId('problem'), `The server cannot be reached: ${problem.message}`);
  }
  setTimeout(() => watchAlert(watched), EVERY);
}

async function raise(event) {
  event.preventDefault();
  byId('send').disabled = true;
  say(byId('problem'), '');
  try {
    const response = await fetch('alerts', {method: 'POST', body: new FormData(byId('raise'))});
    if (response.ok) {
      const alert = await response.json();
      byId('alert').hidden = false;
      showAlert(alert);
      showRefused(alert.refused);
      address = response.headers.get('Location');
      watchAlert(address);
    } else {
      const problem = await problemOf(response);
      say(byId('problem'), [problem.text, ...(problem.refused || []).map(row => `Line ${row.line}: ${row.reason}`)].join('\n'));
    }
  } catch (problem) {
    say(byId('problem'), `The server cannot be reached: ${problem.message}`);
  }
  byId('send').disabled = false;
}

buildLanes();
buildChannels();
byId('raise').addEventListener('submit', raise);
watchLoop();
