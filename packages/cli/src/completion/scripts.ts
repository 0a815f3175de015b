import { bashScript } from './bash-script.js';
import { fishScript } from './fish-script.js';
import { zshScript } from './zsh-script.js';

export const completionScripts: Readonly<Record<'bash' | 'zsh' | 'fish', string>> = { bash: bashScript, zsh: zshScript, fish: fishScript };
