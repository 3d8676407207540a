// Stops, starts and resizes the loop through its endpoint, and shows the report of a stop.
import {byId, element, figure, problemOf, say} from './page.js';

// In which states the endpoint takes a command; in others it would answer 409.
const ALLOWED = {
  stop: ['RUNNING'],
  'force-stop': ['RUNNING', 'DRAINING', 'STOPPING'],
  start: ['NEW', 'STOPPED'],
  resize: ['RUNNING'],
};

export function allowCommands(state) {
  for (const [command, states] of Object.entries(ALLOWED)) {
    byId(command).querySelector('button').disabled = !states.includes(state);
  }
}

async function send(command) {
  say(byId('command-problem'), '');
  say(byId('command-answer'), '');
  try {
    const response = await fetch('actuator/pel', {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify(command),
    });
    if (response.ok) {
      showAnswer(command.action, response.status, await response.json());
    } else if (response.status === 405) {
      say(byId('command-problem'), 'The loop can be looked at only: management.endpoint.pel.access is not unrestricted here.');
    } else {
      say(byId('command-problem'), (await problemOf(response)).text);
    }
  } catch (problem) {
    say(byId('command-problem'), `The server cannot be reached: ${problem.message}`);
  }
}

function showAnswer(action, status, answer) {
  if (action === 'start') {
    byId('report').hidden = true;
    say(byId('command-answer'), 'The loop has started.');
  } else if (action === 'resize') {
    say(byId('command-answer'), `The ${answer.lane} lane now has ${figure(answer.threads)} threads, until the loop stops.`);
  } else if (status === 202) {
    say(byId('command-answer'), `The loop has not stopped yet; it is ${answer.state}.`);
  } else {
    showReport(answer);
  }
}

function showReport(report) {
  const how = report.forced ? 'at once, by force' : `within ${report.deadlineMillis / 1000} s`;
  say(byId('command-answer'), `The loop was to stop ${how}, and took ${report.tookMillis / 1000} s.`);
  byId('drained').textContent = figure(report.drained);
  byId('never-started').textContent = figure(report.neverStarted);
  byId('interrupted').textContent = figure(report.interrupted);
  byId('timers-stopped').textContent = figure(report.timersStopped);
  byId('stuck-count').textContent = figure(report.stuck.length);
  byId('stuck').replaceChildren(...report.stuck.map(stuckThread));
  byId('report').hidden = false;
}

function stuckThread({thread, lane, label, stack}) {
  return element('details', '',
    element('summary', '', `${thread} on the ${lane} lane did not come back${label ? ` from "${label}"` : ''}`),
    element('pre', '', stack.join('\n')));
}

function on(form, command) {
  byId(form).addEventListener('submit', event => {
    event.preventDefault();
    send(command());
  });
}

export function startCommands() {
  on('stop', () => ({action: 'stop', deadline: `${byId('deadline').value}s`}));
  on('force-stop', () => ({action: 'force-stop'}));
  on('start', () => ({action: 'start'}));
  on('resize', () => ({action: 'resize', lane: byId('lane').value, threads: byId('threads').value}));
}
