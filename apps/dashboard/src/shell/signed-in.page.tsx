import type { JSX } from 'react';
import { Outlet } from 'react-router';

export const Page = (): JSX.Element => <Outlet />;
