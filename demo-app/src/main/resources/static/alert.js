// Raises alerts, and watches the one that the address of the page names.
import {bar, byId, element, figure, problemOf, say, setBadge, setBar} from './page.js';

// How long to wait, in milliseconds, before a lost connection is opened again: longer each time.
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 4000;
// Codes of a socket that is closed because nothing more is to come.
const FINISHED = 1000;
const NO_USE = [1003, 1007, 1009, 4404];
const CHANNELS = ['sms', 'email', 'popup'];
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let watched = null; // what the page shows; one object for each time that it turns to an alert

function buildChannels() {
  for (const channel of CHANNELS) {
    byId('channels').append(element('div', 'bar channel', element('span', '', channel),
      ...bar(`channel-${channel}`, `${channel}: done`, 'delivered', 'failed')));
  }
}

function showAlert(alert) {
  for (const name of ['accepted', 'delivered', 'failed', 'retried']) {
    byId(name).textContent = figure(alert[name]);
  }
  for (const channel of CHANNELS) {
    const {pending, delivered, failed, retried} = alert.channels[channel];
    setBar(`channel-${channel}`, [delivered, failed], pending + delivered + failed,
      `${figure(delivered)} delivered, ${figure(failed)} failed, ${figure(pending)} to go; ${figure(retried)} tried again`);
  }
  byId('reasons').replaceChildren(...Object.entries(alert.reasons).map(([reason, count]) =>
    element('li', '', `${figure(count)} × ${reason}`)));
  say(byId('pace'), alert.stream ? paceOf(alert.stream) : '');
  if (alert.refused) { // they do not change, and come once
    showRefused(alert.refused);
  }
  showState(alert);
  say(byId('alert-problem'), '');
  byId('alert-figures').hidden = false;
}

// How fast it goes, and how long it takes if it goes on like that.
function paceOf({inFlight, perSecond, remainingMillis}) {
  const pace = [`${figure(inFlight)} on their way`];
  if (perSecond > 0) {
    pace.push(perSecond < 1 ? 'less than 1 per second' : `${figure(Math.round(perSecond))} per second`);
  }
  if (remainingMillis !== null) {
    pace.push(`about ${duration(remainingMillis)} to go`);
  }
  return pace.join(', ');
}

function duration(millis) {
  const seconds = Math.max(1, Math.ceil(millis / 1000));
  return seconds < 120 ? `${seconds} s` : `${figure(Math.ceil(seconds / 60))} min`;
}

function showRefused(rows) {
  byId('refused-count').textContent = figure(rows.length);
  byId('refused').hidden = rows.length === 0;
  byId('refused-rows').replaceChildren(...rows.map(row =>
    element('tr', '', element('td', '', String(row.line)), element('td', '', row.reason))));
}

function showState(alert) {
  if (!alert.finished) {
    setBadge(byId('alert-state'), 'under way', null);
  } else if (alert.failed > 0) {
    setBadge(byId('alert-state'), 'finished with failures', false);
  } else {
    setBadge(byId('alert-state'), 'finished', true);
  }
}

function cannotBeSeen(why) {
  setBadge(byId('alert-state'), 'cannot be seen', null);
  say(byId('pace'), ''); // the figures stay, but nobody knows how fast it goes
  say(byId('alert-problem'), why);
}

function progressSocket() {
  const address = new URL('progress', location.href);
  address.protocol = address.protocol.replace('http', 'ws');
  return new WebSocket(address);
}

// Is told how far the alert is until it has finished, is unknown, or another one is shown. A connection that is lost is opened
// again: nobody can look at an alert while the loop is stopped.
function watch(target) {
  if (target !== watched) {
    return;
  }
  const socket = progressSocket();
  target.socket = socket;
  socket.onopen = () => socket.send(target.id);
  socket.onmessage = message => {
    if (target === watched) {
      target.pause = FIRST_PAUSE;
      showAlert(JSON.parse(message.data));
    }
  };
  socket.onclose = ({code, reason}) => {
    if (target !== watched || code === FINISHED) {
      return;
    } else if (NO_USE.includes(code)) {
      cannotBeSeen(reason);
    } else {
      cannotBeSeen(`${reason ? `The connection was closed: ${reason}.` : 'The server cannot be reached.'} It is tried again.`);
      setTimeout(watch, target.pause, target);
      target.pause = Math.min(2 * target.pause, LONGEST_PAUSE);
    }
  };
}

async function raise(event) {
  event.preventDefault();
  byId('send').disabled = true;
  say(byId('problem'), '');
  try {
    const response = await fetch('alerts', {method: 'POST', body: new FormData(byId('raise'))});
    if (response.ok) {
      const alert = await response.json();
      history.pushState(null, '', `?alert=${alert.id}`);
      showAddressedAlert();
    } else {
      const problem = await problemOf(response);
      say(byId('problem'), [problem.text, ...(problem.refused || []).map(row => `Line ${row.line}: ${row.reason}`)].join('\n'));
    }
  } catch (problem) {
    say(byId('problem'), `The server cannot be reached: ${problem.message}`);
  }
  byId('send').disabled = false;
}

// The alert is in the address, so that it survives a reload and can be passed on.
export function showAddressedAlert() {
  const id = new URLSearchParams(location.search).get('alert');
  watched?.socket?.close();
  watched = {id, pause: FIRST_PAUSE};
  byId('alert').hidden = id === null;
  byId('alert-figures').hidden = true;
  if (id !== null && ID.test(id)) {
    setBadge(byId('alert-state'), '…', null);
    say(byId('alert-problem'), '');
    watch(watched);
  } else if (id !== null) {
    cannotBeSeen(`The address of this page names no alert: "${id}" is not the id of one.`);
  }
}

export function startAlerts() {
  buildChannels();
  byId('raise').addEventListener('submit', raise);
  addEventListener('popstate', showAddressedAlert);
}
