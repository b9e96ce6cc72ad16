/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include "spatial.h"

void support_clear(support_polygon *polygon)
{
    polygon->count = 0;
}

void support_add_sole(support_polygon *polygon, const double centre[2], double yaw, double half_length,
                      double half_width)
{
    double c = cos(yaw), s = sin(yaw);
    for (int i = 0; i < 4 && polygon->count < SUPPORT_MAX_POINTS; i++) {
        double x = (i & 1) ? half_length : -half_length, y = (i & 2) ? half_width : -half_width;
        double *corner = polygon->point[polygon->count++];
        corner[0] = centre[0] + c * x - s * y;
        corner[1] = centre[1] + s * x + c * y;
    }
}

/* Twice the signed area of the triangle a, b, c. */
INLINE double turn(const double *a, const double *b, const double *c)
{
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

/* Andrew's monotone chain. */
void support_close(support_polygon *polygon)
{
    int n = polygon->count, size = 0;
    double sorted[SUPPORT_MAX_POINTS][2], hull[2 * SUPPORT_MAX_POINTS][2];
    memcpy(sorted, polygon->point, sizeof sorted);
    for (int i = 1; i < n; i++)
        for (int j = i; j > 0 && (sorted[j][0] < sorted[j - 1][0] ||
                                  (sorted[j][0] == sorted[j - 1][0] && sorted[j][1] < sorted[j - 1][1])); j--)
            for (int k = 0; k < 2; k++) {
                double swap = sorted[j][k];
                sorted[j][k] = sorted[j - 1][k];
                sorted[j - 1][k] = swap;
            }
    for (int pass = 0; pass < 2; pass++) {
        int start = size;
        for (int i = 0; i < n; i++) {
            const double *p = sorted[pass ? n - 1 - i : i];
            while (size >= start + 2 && turn(hull[size - 2], hull[size - 1], p) <= 0.0)
                size--;
            memcpy(hull[size++], p, 2 * sizeof(double));
        }
        size--; /* the last point starts the other chain */
    }
    polygon->count = size < 1 ? n : size;
    if (size >= 1)
        memcpy(polygon->point, hull, polygon->count * sizeof hull[0]);
}

double support_nearest(const support_polygon *polygon, const double point[2], double nearest[2])
{
    double best = INFINITY, candidate[2] = {point[0], point[1]};
    int inside = polygon->count >= 3;
    for (int i = 0; i < polygon->count; i++) {
        const double *a = polygon->point[i], *b = polygon->point[(i + 1) % polygon->count];
        double edge[2] = {b[0] - a[0], b[1] - a[1]}, to[2] = {point[0] - a[0], point[1] - a[1]};
        double length = edge[0] * edge[0] + edge[1] * edge[1];
        double along = length > 0.0 ? clamp((to[0] * edge[0] + to[1] * edge[1]) / length, 0.0, 1.0) : 0.0;
        double foot[2] = {a[0] + along * edge[0], a[1] + along * edge[1]};
        double distance = hypot(point[0] - foot[0], point[1] - foot[1]);
        if (edge[0] * to[1] - edge[1] * to[0] < 0.0)
            inside = 0;
        if (distance < best) {
            best = distance;
            memcpy(candidate, foot, sizeof candidate);
        }
    }
    memcpy(nearest, inside ? point : candidate, 2 * sizeof(double));
    return inside ? best : -best;
}
