import { Button as AriaButton } from 'react-aria-components';
import type { ButtonProps as AriaButtonProps } from 'react-aria-components';
import type { JSX, ReactNode } from 'react';
import { Icon } from './icon.tsx';
import type { IconName } from './icon.tsx';

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'children' | 'style'> {
  /** `primary` is the one thing to do here; `quiet` has no edge until it is pointed at. */
  readonly look?: 'plain' | 'primary' | 'quiet';
  readonly icon?: IconName;
  readonly children: ReactNode;
}

export function Button({ look = 'plain', icon, children, ...rest }: ButtonProps): JSX.Element {
  return (
    <AriaButton {...rest} className={`button button-${look}`}>
      {icon && <Icon name={icon} />}
      {children}
    </AriaButton>
  );
}

export interface IconButtonProps extends Omit<AriaButtonProps, 'className' | 'children' | 'style' | 'aria-label'> {
  readonly icon: IconName;
  /** Its name, read aloud and shown beside it when it is pointed at. */
  readonly name: string;
}

export function IconButton({ icon, name, ...rest }: IconButtonProps): JSX.Element {
  return (
    <AriaButton {...rest} aria-label={name} className="button button-quiet button-icon">
      <Icon name={icon} />
    </AriaButton>
  );
}
