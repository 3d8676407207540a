// The page: an alert, and the loop that works on it. What comes from a file or an address is only ever set as text, never as
// markup.
import {showAddressedAlert, startAlerts} from './alert.js';
import {startCommands} from './commands.js';
import {startLoop} from './loop.js';

startAlerts();
startCommands();
startLoop();
showAddressedAlert();
