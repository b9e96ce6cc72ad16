/* SPDX-License-Identifier: Apache-2.0 */
#include "can_socket.h"

#include <errno.h>
#include <linux/can.h>
#include <linux/can/raw.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int give_up(int descriptor)
{
    int error = errno;
    if (descriptor >= 0)
        close(descriptor);
    return -error;
}

int drv_can_open(const char *interface, int *step)
{
    *step = DRV_CAN_SOCKET;
    int descriptor = socket(PF_CAN, SOCK_RAW | SOCK_CLOEXEC, CAN_RAW);
    if (descriptor < 0)
        return give_up(descriptor);
    *step = DRV_CAN_NAME;
    struct sockaddr_can address;
    memset(&address, 0, sizeof address);
    address.can_family = AF_CAN;
    address.can_ifindex = (int)if_nametoindex(interface);
    if (address.can_ifindex == 0)
        return give_up(descriptor);
    *step = DRV_CAN_FILTER;
    can_err_mask_t errors = CAN_ERR_MASK;
    if (setsockopt(descriptor, SOL_CAN_RAW, CAN_RAW_ERR_FILTER, &errors, sizeof errors) < 0)
        return give_up(descriptor);
    *step = DRV_CAN_BIND;
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0)
        return give_up(descriptor);
    *step = 0;
    return descriptor;
}
