// What is around every page: name, ways to go, who looks, and whether what is shown is so now.
// Must never hold anything of a page.
export { OnlyFor } from './only-for.tsx';
export { Shell } from './shell.tsx';
export { SignIn } from './sign-in.tsx';
