import { render } from 'preact';
import './bridge.ts';
import { App } from './app.tsx';

// The first frame already shows what is known, so nothing jumps: the window is shown after it.
const showing = await window.lanyard.invoke('showing', null);
render(<App first={showing} />, document.body);
