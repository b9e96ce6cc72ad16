/* SPDX-License-Identifier: Apache-2.0 */
/* Time of encoding control frames and decoding feedback frames, over values that vary. Prints nanoseconds a frame. */
#include <stdio.h>
#include <time.h>

#include "can_codec.h"

#define FRAMES 4096
#define ROUNDS 500

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

int main(void)
{
    static struct drv_frame commands[FRAMES], replies[FRAMES];
    static struct drv_control controls[FRAMES];
    const struct drv_ranges ranges = {12.566, 15.0, 120.0, 5000.0, 100.0};
    struct drv_feedback feedback = {0};
    double sum = 0.0;
    unsigned state = 1;
    for (int i = 0; i < FRAMES; i++) {
        state = state * 1664525u + 1013904223u;
        double share = (double)state / 4294967296.0 * 2.0 - 1.0;
        controls[i] = (struct drv_control){12.0 * share, 14.0 * share, 110.0 * share, 2000.0, 50.0};
        struct drv_feedback truth = {i & 127, 253, 0, 2, 12.0 * share, 14.0 * share, 110.0 * share, 40.0};
        drv_encode_feedback(&ranges, &truth, &replies[i]);
    }
    double begin = now();
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < FRAMES; i++)
            sum += drv_encode_control(&ranges, i & 127, &controls[i], &commands[i]) + commands[i].data[round & 7];
    double encoded = now();
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < FRAMES; i++) {
            drv_decode_feedback(&ranges, &replies[i], &feedback);
            sum += feedback.position;
        }
    double decoded = now();
    printf("%.2f %.2f\n", (encoded - begin) / FRAMES / ROUNDS, (decoded - encoded) / FRAMES / ROUNDS);
    return sum == 0.123; /* keeps the compiler from leaving the work out */
}
