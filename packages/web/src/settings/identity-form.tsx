import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { JSX } from 'react';
import { roleNames } from '@comity/protocol/api';
import type { IdentityProviderView, Role } from '@comity/protocol/api';
import { node } from '../app/node.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { Checkbox, Choice, TextField } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { useWords } from '../words/use-words.ts';

type Settings = Omit<IdentityProviderView, 'scopes'> & { readonly scopes: string; readonly secret: string };

/** As it is set up, or as most providers are. */
function settingsOf(provider: IdentityProviderView | undefined): Settings {
  return {
    name: '',
    issuer: '',
    clientId: '',
    nameClaim: 'preferred_username',
    roleClaim: 'roles',
    roles: [{ value: '', role: 'viewer' }],
    others: 'refused',
    allowPrivate: false,
    ...provider,
    scopes: (provider?.scopes ?? ['profile']).join(' '),
    secret: '',
  };
}

export interface IdentityFormProps {
  readonly provider: IdentityProviderView | undefined;
  readonly onDone: () => void;
}

/** Sets the provider up; the node asks it who it is before anything is kept. */
export function IdentityForm({ provider, onDone }: IdentityFormProps): JSX.Element {
  const { say } = useWords();
  const [settings, setSettings] = useState(() => settingsOf(provider));
  const set = (change: Partial<Settings>): void => setSettings({ ...settings, ...change });
  const save = useMutation({
    mutationFn: () => {
      const { secret, scopes, roles, ...rest } = settings;
      return node.saveIdentityProvider({
        body: {
          ...rest,
          scopes: scopes.split(/\s+/).filter((scope) => scope !== ''),
          roles: roles.filter(({ value }) => value !== ''),
          ...(secret !== '' && { clientSecret: secret }),
        },
      });
    },
    onSuccess: onDone,
  });
  const text = (key: 'issuer' | 'clientId' | 'scopes' | 'nameClaim' | 'roleClaim') => ({
    value: settings[key],
    onChange: (value: string) => set({ [key]: value }),
    mono: true,
    isRequired: key !== 'scopes',
  });
  const others = (['refused', 'viewer'] as const).map((id) => ({ id, name: say(`identity.others.${id}`) }));
  return (
    <Form work={save} act={say('identity.save')}>
      <TextField
        label={say('tokens.name')}
        hint={say('identity.name.hint')}
        value={settings.name}
        onChange={(name) => set({ name })}
        isRequired
        takesFocus
      />
      <TextField
        label={say('identity.issuer')}
        placeholder="https://id.example/realms/cert"
        type="url"
        {...text('issuer')}
      />
      <TextField label={say('identity.client')} {...text('clientId')} />
      <TextField
        label={say('identity.secret')}
        hint={say(provider ? 'identity.secret.kept' : 'identity.secret.hint')}
        type="password"
        value={settings.secret}
        onChange={(secret) => set({ secret })}
        isRequired={!provider}
        mono
      />
      <TextField label={say('identity.roleClaim')} hint={say('identity.roleClaim.hint')} {...text('roleClaim')} />
      <RoleMapping roles={settings.roles} onChange={(roles) => set({ roles })} />
      <Choice
        label={say('identity.others')}
        value={settings.others}
        items={others}
        onChange={(value) => set({ others: value })}
      />
      <TextField label={say('identity.nameClaim')} hint={say('identity.nameClaim.hint')} {...text('nameClaim')} />
      <TextField label={say('identity.scopes')} {...text('scopes')} />
      <Checkbox isOn={settings.allowPrivate} onChange={(allowPrivate) => set({ allowPrivate })}>
        {say('feed.allowPrivate')}
      </Checkbox>
    </Form>
  );
}

interface RoleMappingProps {
  readonly roles: IdentityProviderView['roles'];
  readonly onChange: (roles: IdentityProviderView['roles']) => void;
}

function RoleMapping({ roles, onChange }: RoleMappingProps): JSX.Element {
  const { say } = useWords();
  const items = roleNames.map((id) => ({ id, name: say(`role.${id}`) }));
  const change = (index: number, next: { value?: string; role?: Role }): void =>
    onChange(roles.map((row, at) => (at === index ? { ...row, ...next } : row)));
  return (
    <fieldset className="mapping">
      <legend className="label">{say('identity.roles')}</legend>
      <p className="hint">{say('identity.roles.hint')}</p>
      {roles.map(({ value, role }, index) => (
        <div key={index} className="mapping-row">
          <TextField
            label={say('identity.value')}
            value={value}
            onChange={(text) => change(index, { value: text })}
            mono
          />
          <Choice
            label={say('people.role')}
            value={role}
            items={items}
            onChange={(next) => change(index, { role: next })}
          />
          <IconButton
            icon="trash"
            name={say('identity.removeRow', { number: index + 1 })}
            onPress={() => onChange(roles.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <div>
        <Button icon="plus" onPress={() => onChange([...roles, { value: '', role: 'viewer' }])}>
          {say('identity.addRow')}
        </Button>
      </div>
    </fieldset>
  );
}
