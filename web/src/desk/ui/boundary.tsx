// A view that fails says so, and leaves the rest of the desk to whoever needs it.
import { Component, type ComponentChildren } from 'preact';

interface Props { children: ComponentChildren }
interface State { failed: string }

export class Boundary extends Component<Props, State> {
  override state: State = { failed: '' };

  static override getDerivedStateFromError(error: unknown): State {
    return { failed: error instanceof Error ? error.message : String(error) };
  }

  override componentDidCatch(error: unknown): void {
    console.error(error);
  }

  override render() {
    const { failed } = this.state;
    if (failed === '') return this.props.children;
    return (
      <div class="notice bad" role="alert">
        <p>This view cannot be shown: {failed}</p>
        <p>Load the page again. What the API answers is not changed by it.</p>
      </div>
    );
  }
}
