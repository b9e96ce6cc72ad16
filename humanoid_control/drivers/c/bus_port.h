/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Datagram sockets that carry one frame each: SocketCAN, a simulated bus or multicast. Calls never block.
 */
#ifndef HUMANOID_DRIVERS_BUS_PORT_H
#define HUMANOID_DRIVERS_BUS_PORT_H

#include <stdint.h>

#include "can_codec.h"

#define DRV_PORT_BATCH 64

enum drv_port_code {
    DRV_PORT_LOST = -30, /* the interface went down or the other end is gone */
};

/* Receives up to DRV_PORT_BATCH whole frames; `garbled` grows by datagrams of another size. On a `connected` socket an
 * empty datagram is the end. Returns their number, 0 when nothing waits, or DRV_PORT_LOST. */
int drv_port_receive(int descriptor, int connected, struct drv_frame frames[DRV_PORT_BATCH], uint64_t *garbled);

/* Sends up to DRV_PORT_BATCH frames. Returns how many the kernel took (a full queue takes fewer) or DRV_PORT_LOST. */
int drv_port_send(int descriptor, const struct drv_frame *frames, int count);

#endif
