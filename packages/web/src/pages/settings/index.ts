// Which agents there are, how another host joins, and the tokens by which programs and people ask.
// Must never show a token a second time, or keep one.
export { Settings } from './settings.tsx';
