// The operator's desk.
import { render } from 'preact';
import { App } from './app';
import './style/index.css';

const root = document.getElementById('desk');
if (root !== null) {
  // What stands there is for who has no scripts.
  root.textContent = '';
  render(<App />, root);
}
