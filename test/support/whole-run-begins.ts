export { begin as default } from './whole-run';
