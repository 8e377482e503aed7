export { end as default } from './whole-run';
