// Which agents there are, and how another host joins.
// Must never show a token a second time, or keep one.
export { Settings } from './settings.tsx';
