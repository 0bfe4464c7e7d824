//! The calls of the kernel, answered from memory.

use super::super::disk::{Change, Node, ROOT, Step};
use super::live::Live;
use super::{PROMISE, lock};
use fuser::{
    BsdFileFlags, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags, Generation,
    INodeNo, KernelConfig, LockOwner, OpenFlags, RenameFlags, ReplyAttr, ReplyCreate, ReplyData,
    ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyStatfs, ReplyWrite, Request, TimeOrNow,
    WriteFlags,
};
use std::ffi::OsStr;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Most bytes of one recorded write: a page, so that a long write may be cut at many places.
const WRITE_BYTES: u32 = 4096;
/// The kernel asks again every time.
const AT_ONCE: Duration = Duration::ZERO;
/// Blocks that are said to be free: more than any test fills.
const FREE_BLOCKS: u64 = 1 << 24;
const BLOCK_BYTES: u32 = 4096;

pub(super) struct Files(pub(super) Arc<Mutex<Live>>);

fn text(name: &OsStr) -> Result<&str, Errno> {
    name.to_str().ok_or(Errno::EINVAL)
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl Live {
    fn attributes(&self, node: Node, request: &Request) -> FileAttr {
        let folder = self.folders.contains(&node);
        let size = self.disk.file(node).len() as u64;
        let mode = self.modes.get(&node).copied().unwrap_or(0o755);
        FileAttr {
            ino: INodeNo(node),
            size,
            blocks: size.div_ceil(512),
            atime: UNIX_EPOCH,
            mtime: UNIX_EPOCH,
            ctime: UNIX_EPOCH,
            crtime: UNIX_EPOCH,
            kind: if folder {
                FileType::Directory
            } else {
                FileType::RegularFile
            },
            perm: u16::try_from(mode & 0o7777).unwrap_or(0o600),
            nlink: if folder { 2 } else { 1 },
            uid: request.uid(),
            gid: request.gid(),
            rdev: 0,
            blksize: BLOCK_BYTES,
            flags: 0,
        }
    }

    fn made(
        &mut self,
        parent: INodeNo,
        name: &OsStr,
        folder: bool,
        mode: u32,
    ) -> Result<Node, Errno> {
        let name = text(name)?;
        if self.disk.named(parent.0, name).is_some() {
            return Err(Errno::EEXIST);
        }
        let node = self.born(folder, mode);
        self.name(parent.0, name, Some(node));
        Ok(node)
    }

    fn gone(&mut self, parent: INodeNo, name: &OsStr, folder: bool) -> Result<(), Errno> {
        let name = text(name)?;
        let node = self.disk.named(parent.0, name).ok_or(Errno::ENOENT)?;
        match (folder, self.folders.contains(&node)) {
            (true, false) => return Err(Errno::ENOTDIR),
            (false, true) => return Err(Errno::EISDIR),
            (true, true) | (false, false) => {}
        }
        if self
            .disk
            .names
            .get(&node)
            .is_some_and(|names| !names.is_empty())
        {
            return Err(Errno::ENOTEMPTY);
        }
        self.name(parent.0, name, None);
        Ok(())
    }

    fn renamed(
        &mut self,
        (from, old): (INodeNo, &OsStr),
        (to, new): (INodeNo, &OsStr),
        flags: RenameFlags,
    ) -> Result<(), Errno> {
        let (old, new) = (text(old)?, text(new)?);
        let node = self.disk.named(from.0, old).ok_or(Errno::ENOENT)?;
        let there = self.disk.named(to.0, new);
        if !(flags - RenameFlags::RENAME_NOREPLACE).is_empty() {
            return Err(Errno::EINVAL);
        }
        if there.is_some() && flags.contains(RenameFlags::RENAME_NOREPLACE) {
            return Err(Errno::EEXIST);
        }
        if from == to {
            let names = vec![(old.to_owned(), None), (new.to_owned(), Some(node))];
            self.change(Change::Names {
                folder: from.0,
                names,
            });
        } else {
            // Two folders, each of which is synced by itself.
            self.name(to.0, new, Some(node));
            self.name(from.0, old, None);
        }
        Ok(())
    }
}

impl Filesystem for Files {
    fn init(&mut self, _: &Request, config: &mut KernelConfig) -> io::Result<()> {
        config
            .set_max_write(WRITE_BYTES)
            .map(|_| ())
            .map_err(|most| io::Error::other(format!("the kernel wants writes of {most} bytes")))
    }

    fn lookup(&self, request: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let live = lock(&self.0);
        match text(name).map(|name| live.disk.named(parent.0, name)) {
            Ok(Some(node)) => {
                reply.entry(&AT_ONCE, &live.attributes(node, request), Generation(0));
            }
            Ok(None) => reply.error(Errno::ENOENT),
            Err(error) => reply.error(error),
        }
    }

    fn getattr(&self, request: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        reply.attr(&AT_ONCE, &lock(&self.0).attributes(ino.0, request));
    }

    fn setattr(
        &self,
        request: &Request,
        ino: INodeNo,
        mode: Option<u32>,
        _uid: Option<u32>,
        _gid: Option<u32>,
        size: Option<u64>,
        _atime: Option<TimeOrNow>,
        _mtime: Option<TimeOrNow>,
        _ctime: Option<SystemTime>,
        _fh: Option<FileHandle>,
        _crtime: Option<SystemTime>,
        _chgtime: Option<SystemTime>,
        _bkuptime: Option<SystemTime>,
        _flags: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let mut live = lock(&self.0);
        if let Some(mode) = mode {
            live.modes.insert(ino.0, mode);
        }
        if let Some(size) = size {
            let (node, size) = (ino.0, index(size));
            live.change(Change::Size { node, size });
        }
        reply.attr(&AT_ONCE, &live.attributes(ino.0, request));
    }

    fn mkdir(
        &self,
        request: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        umask: u32,
        reply: ReplyEntry,
    ) {
        let mut live = lock(&self.0);
        if name == PROMISE {
            live.steps.push(Step::Promise);
            return reply.error(Errno::EEXIST);
        }
        match live.made(parent, name, true, mode & !umask) {
            Ok(node) => reply.entry(&AT_ONCE, &live.attributes(node, request), Generation(0)),
            Err(error) => reply.error(error),
        }
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        match lock(&self.0).gone(parent, name, false) {
            Ok(()) => reply.ok(),
            Err(error) => reply.error(error),
        }
    }

    fn rmdir(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        match lock(&self.0).gone(parent, name, true) {
            Ok(()) => reply.ok(),
            Err(error) => reply.error(error),
        }
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        newparent: INodeNo,
        newname: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        match lock(&self.0).renamed((parent, name), (newparent, newname), flags) {
            Ok(()) => reply.ok(),
            Err(error) => reply.error(error),
        }
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _fh: FileHandle,
        offset: u64,
        size: u32,
        _flags: OpenFlags,
        _owner: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let live = lock(&self.0);
        let file = live.disk.file(ino.0);
        let from = index(offset).min(file.len());
        let to = from.saturating_add(size as usize).min(file.len());
        reply.data(&file[from..to]);
    }

    fn write(
        &self,
        _: &Request,
        ino: INodeNo,
        _fh: FileHandle,
        offset: u64,
        data: &[u8],
        _write_flags: WriteFlags,
        _flags: OpenFlags,
        _owner: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        lock(&self.0).change(Change::Bytes {
            node: ino.0,
            offset: index(offset),
            bytes: data.to_vec(),
        });
        reply.written(u32::try_from(data.len()).unwrap_or(u32::MAX));
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.ok();
    }

    fn fsync(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        lock(&self.0).synced(ino.0);
        reply.ok();
    }

    fn fsyncdir(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        lock(&self.0).synced(ino.0);
        reply.ok();
    }

    fn readdir(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        let live = lock(&self.0);
        let dots = [(".", ino.0), ("..", ROOT)];
        let names = live.disk.names.get(&ino.0);
        let names = names.into_iter().flatten();
        let all = dots
            .into_iter()
            .chain(names.map(|(name, node)| (name.as_str(), *node)));
        for (place, (name, node)) in all.enumerate().skip(index(offset)) {
            let kind = if live.folders.contains(&node) {
                FileType::Directory
            } else {
                FileType::RegularFile
            };
            if reply.add(INodeNo(node), place as u64 + 1, kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn create(
        &self,
        request: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        umask: u32,
        _flags: i32,
        reply: ReplyCreate,
    ) {
        let mut live = lock(&self.0);
        match live.made(parent, name, false, mode & !umask) {
            Ok(node) => reply.created(
                &AT_ONCE,
                &live.attributes(node, request),
                Generation(0),
                FileHandle(0),
                FopenFlags::empty(),
            ),
            Err(error) => reply.error(error),
        }
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        reply.statfs(
            FREE_BLOCKS,
            FREE_BLOCKS,
            FREE_BLOCKS,
            1 << 20,
            1 << 20,
            BLOCK_BYTES,
            255,
            BLOCK_BYTES,
        );
    }
}
