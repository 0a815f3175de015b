export const everyKind: string = `
mkdir -p deep/er/est empty 'new
line' dir.setgid
echo hello > plain; echo other > deep/er/est/file; : > zero
printf 'caf\\351' > "$(printf 'caf\\351')"
echo x > "new
line/na
me"
ln plain deep/hard; ln plain another-hard
ln -s plain link; ln -s /nowhere/at/all dangling; ln -s "$(printf '\\377')" raw-target
mkfifo fifo; mknod null c 1 3; mknod disk b 7 200
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("sock")'
truncate -s 1M holes; printf data | dd of=holes bs=1 seek=300000 conv=notrunc status=none
truncate -s 70000 all-hole
chown 7:8 plain; chmod 4755 plain; chmod 2775 dir.setgid; chmod 1777 empty; chmod 0 zero
chown 1234:4321 deep/er/est/file; chown -h 55:66 link
setfattr -n user.note -v value plain 2>/dev/null || python3 -c 'import os; os.setxattr("plain", "user.note", b"value\\0bin")'
python3 - <<'EOP'
import os, struct
os.setxattr('deep', 'user.dir', b'')
os.setxattr('another-hard', 'security.capability', struct.pack('<5I', 0x02000000 | 1, 1 << 10, 0, 0, 0))
os.setxattr('link', 'trusted.on-link', b'1', follow_symlinks=False)
os.setxattr('deep/er', 'system.posix_acl_default', struct.pack('<I', 2) + b''.join(struct.pack('<HHI', *e) for e in [(1, 7, 0xffffffff), (2, 5, 42), (4, 5, 0xffffffff), (16, 5, 0xffffffff), (32, 0, 0xffffffff)]))
for i, (path, _, files) in enumerate(os.walk('.', topdown=False)):
    for j, name in enumerate(files + ['.']):
        os.utime(os.path.join(path, name), ns=(1_500_000_000_123_456_789 + i * 1000 + j, 1_400_000_000_987_654_321 - i * 1000 - j), follow_symlinks=False)
EOP
`;
