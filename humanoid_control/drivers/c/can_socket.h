/* SPDX-License-Identifier: Apache-2.0 */
/* SocketCAN without the help of Python, whose socket module cannot switch error frames on. */
#ifndef HUMANOID_DRIVERS_CAN_SOCKET_H
#define HUMANOID_DRIVERS_CAN_SOCKET_H

enum drv_can_step {
    DRV_CAN_SOCKET = 1, /* the kernel has no SocketCAN */
    DRV_CAN_NAME = 2,   /* no interface of that name */
    DRV_CAN_FILTER = 3,
    DRV_CAN_BIND = 4, /* the interface is no CAN interface */
};

/* Raw socket bound to an interface, error frames on. Returns the descriptor, or -errno with the step that failed. */
int drv_can_open(const char *interface, int *step);

#endif
