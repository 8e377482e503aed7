import { useState, type JSX } from 'react';
import { later } from '../../shell/later';
import { Once } from '../../shell/once';
import type { FilterProps } from './filter-fields';
import classes from './timeline.module.css';

// Loaded on demand, since few people filter a history.
const [FilterFields] = later(async () => (await import('./filter-fields')).FilterFields);

/** Filters the history by what happened, by whom, and when. */
export function Filters(props: FilterProps): JSX.Element {
  const { types, actor, start, end } = props.address;
  const active = [types.length > 0, actor !== null, start !== null, end !== null].filter(Boolean).length;
  const [isOpen, setOpen] = useState(active > 0);
  // Opens when a filter is set elsewhere, to show which; removing the last one does not close it under people's hands.
  const [wasActive, setWasActive] = useState(active > 0);
  if (wasActive !== active > 0) {
    setWasActive(active > 0);
    if (active > 0) setOpen(true);
  }
  return (
    <details className={classes['filters']} open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{active === 0 ? 'Filter' : `Filter (${active} set)`}</summary>
      <Once wanted={isOpen}>
        <FilterFields {...props} />
      </Once>
    </details>
  );
}
