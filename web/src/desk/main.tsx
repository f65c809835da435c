// The operator's desk.
import { render } from 'preact';
import { App } from './app';
import './style/index.css';

const root = document.getElementById('desk');
if (root !== null) render(<App />, root);
