// Small pieces that all parts of the page use.

export const byId = id => document.getElementById(id);

export function element(name, className, ...children) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children); // strings become text nodes
  return made;
}

// 10000 as "10 000"; the blank does not break a line.
export function figure(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, '\u00a0');
}

// A bar of one or more parts, such as delivered and failed, and its text.
export function bar(id, label, ...parts) {
  const track = element('div', 'track', ...parts.map(part => element('span', part)));
  track.id = id;
  track.setAttribute('role', 'progressbar');
  track.setAttribute('aria-label', label);
  track.setAttribute('aria-valuemin', '0');
  const text = element('span', 'text');
  text.id = id + '-text';
  return [track, text];
}

export function setBar(id, values, max, text) {
  const track = byId(id);
  values.forEach((value, i) => {
    track.children[i].style.inlineSize = `${100 * value / Math.max(max, 1)}%`;
    track.children[i].hidden = value === 0;
  });
  track.setAttribute('aria-valuenow', values.reduce((sum, value) => sum + value, 0));
  track.setAttribute('aria-valuemax', max);
  track.setAttribute('aria-valuetext', text);
  byId(id + '-text').textContent = text;
}

// Sets text only when it changes, because a screen reader reads out every change of a status.
export function say(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
  node.hidden = !text;
}

export function setBadge(node, text, good) {
  say(node, text);
  node.classList.toggle('good', good === true);
  node.classList.toggle('bad', good === false);
}

// What went wrong, in words: the "detail" of the demo, or the "error" of the endpoint.
export async function problemOf(response) {
  const problem = await response.json().catch(() => ({}));
  const later = response.headers.get('Retry-After');
  const words = problem.detail || problem.error || `The server answered ${response.status}.`;
  return {...problem, text: later ? `${words} Try again in ${later} s.` : words};
}
