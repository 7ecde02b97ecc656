import { memo, type Dispatch } from 'react';
import { useText } from '../i18n';
import type { Command } from './keys';
import { VIEWER } from './messages';
import css from './stage.module.css';
import type { StageAction, StageState } from './stage-state';
import { Toolbar, ToolButton } from './toolbar';
import { WindowChoice, type Preset } from './window-choice';

export interface StageToolsProps {
  readonly state: Pick<StageState, 'tool' | 'window' | 'isInverted' | 'hasMarks' | 'hasLabels'>;
  readonly presets: readonly Preset[];
  readonly hasFindings: boolean;
  readonly canDraw: boolean;
  readonly isVolume: boolean;
  readonly isFullScreen: boolean;
  /** Absent where three planes and 3D can be shown. */
  readonly noPlanes: string | undefined;
  readonly dispatch: Dispatch<StageAction>;
  readonly onCommand: (command: Command) => void;
  readonly onPlanes: () => void;
}

export const StageTools = memo(function StageTools(props: StageToolsProps) {
  const { state, presets, dispatch, onCommand } = props;
  const t = useText(VIEWER);
  const tool = (name: StageState['tool']) => ({
    icon: name,
    isPressed: state.tool === name,
    onUse: () => {
      dispatch({ type: 'tool', tool: name });
    },
  });
  const command = (name: Command) => () => {
    onCommand(name);
  };
  return (
    <Toolbar label={t('tools')} first="window">
      <span className={css['group']}>
        <ToolButton {...tool('window')} label={t('toolWindow')} />
        <ToolButton {...tool('pan')} label={t('toolPan')} />
        {props.canDraw ? (
          <ToolButton icon="draw" label={t('toolDraw')} isPressed={state.tool === 'draw'} onUse={command('draw')} />
        ) : null}
      </span>
      <span className={css['group']}>
        <WindowChoice
          presets={presets}
          window={state.window}
          onWindow={(window) => {
            dispatch({ type: 'window', window });
          }}
        />
        <ToolButton icon="invert" label={t('invert')} isPressed={state.isInverted} onUse={command('invert')} />
      </span>
      <span className={css['group']}>
        <ToolButton icon="zoomOut" label={t('zoomOut')} onUse={command('zoomOut')} />
        <ToolButton icon="zoomIn" label={t('zoomIn')} onUse={command('zoomIn')} />
        <ToolButton icon="fit" label={t('fit')} onUse={command('fit')} />
        <ToolButton icon="trueSize" label={t('trueSize')} onUse={command('trueSize')} />
      </span>
      {props.hasFindings ? (
        <span className={css['group']}>
          <ToolButton icon="marks" label={t('marks')} isPressed={state.hasMarks} onUse={command('marks')} />
          <ToolButton icon="labels" label={t('labels')} isPressed={state.hasLabels} onUse={command('labels')} />
          <ToolButton icon="previous" label={t('previousFinding')} onUse={command('previousFinding')} />
          <ToolButton icon="next" label={t('nextFinding')} onUse={command('nextFinding')} />
        </span>
      ) : null}
      <span className={css['group']}>
        <ToolButton icon="reset" label={t('reset')} onUse={command('reset')} />
        {props.isVolume ? (
          <ToolButton icon="planes" label={t('planes')} unusable={props.noPlanes} onUse={props.onPlanes} />
        ) : null}
        <ToolButton
          icon="fullScreen"
          label={t('fullScreen')}
          isPressed={props.isFullScreen}
          onUse={command('fullScreen')}
        />
        <ToolButton icon="help" label={t('help')} onUse={command('help')} />
      </span>
    </Toolbar>
  );
});
