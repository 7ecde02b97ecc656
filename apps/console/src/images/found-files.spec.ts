import { droppedFiles } from './found-files';
import { FileGoneError } from './send-files';

type Given = (value: unknown) => void;

/** What a browser says of something that was dropped: a file with what is in it, or one that is not there any more. */
const fileEntry = (fullPath: string, file?: File) => ({
  isFile: true,
  isDirectory: false,
  fullPath,
  file: (found: Given, failed: Given): void => {
    if (file === undefined) failed(new DOMException('gone', 'NotFoundError'));
    else found(file);
  },
});

const folderEntry = (fullPath: string, children?: readonly object[]) => ({
  isFile: false,
  isDirectory: true,
  fullPath,
  createReader: () => {
    const some = [children, []];
    return {
      readEntries: (found: Given, failed: Given): void => {
        if (children === undefined) failed(new DOMException('gone', 'NotFoundError'));
        else found(some.shift());
      },
    };
  },
});

const dropped = (...entries: readonly object[]): DataTransfer =>
  ({
    items: entries.map((entry) => ({ kind: 'file', webkitGetAsEntry: () => entry })),
    files: [],
  }) as unknown as DataTransfer;

describe('what was dropped', () => {
  it('is found in folders of folders, with its path', async () => {
    const [one, other] = [new File(['x'], 'a.dcm'), new File(['x'], 'b.dcm')];
    const found = await droppedFiles(
      dropped(
        folderEntry('/ct', [
          fileEntry('/ct/a.dcm', one),
          folderEntry('/ct/more', [fileEntry('/ct/more/b.dcm', other)]),
        ]),
      ),
    );
    expect(found).toEqual([
      { file: one, path: 'ct/a.dcm' },
      { file: other, path: 'ct/more/b.dcm' },
    ]);
  });

  it.each([
    ['a file', fileEntry('/ct/a.dcm')],
    ['a folder', folderEntry('/ct')],
  ])('is told to be gone where %s was taken away meanwhile', async (_, entry) => {
    await expect(droppedFiles(dropped(entry))).rejects.toBeInstanceOf(FileGoneError);
  });
});
