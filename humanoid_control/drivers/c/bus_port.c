/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "bus_port.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

static int transient(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS || error == EINTR;
}

int drv_port_receive(int descriptor, int connected, struct drv_frame frames[DRV_PORT_BATCH], uint64_t *garbled)
{
    struct mmsghdr messages[DRV_PORT_BATCH];
    struct iovec parts[DRV_PORT_BATCH];
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < DRV_PORT_BATCH; i++) {
        parts[i] = (struct iovec){&frames[i], sizeof frames[i]};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    int count = recvmmsg(descriptor, messages, DRV_PORT_BATCH, MSG_DONTWAIT, NULL);
    if (count < 0)
        return transient(errno) ? 0 : DRV_PORT_LOST;
    int kept = 0;
    for (int i = 0; i < count; i++) {
        if (connected && messages[i].msg_len == 0) /* end of a connection: everything after it reads the same */
            return kept > 0 ? kept : DRV_PORT_LOST;
        if (messages[i].msg_len != sizeof frames[i] || messages[i].msg_hdr.msg_flags & MSG_TRUNC) {
            ++*garbled;
            continue;
        }
        if (kept != i)
            frames[kept] = frames[i];
        kept++;
    }
    return kept;
}

int drv_port_send(int descriptor, const struct drv_frame *frames, int count)
{
    struct mmsghdr messages[DRV_PORT_BATCH];
    struct iovec parts[DRV_PORT_BATCH];
    if (count > DRV_PORT_BATCH)
        count = DRV_PORT_BATCH;
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < count; i++) {
        parts[i] = (struct iovec){(void *)&frames[i], sizeof frames[i]};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    int sent = sendmmsg(descriptor, messages, (unsigned)count, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0)
        return transient(errno) ? 0 : DRV_PORT_LOST;
    return sent;
}
