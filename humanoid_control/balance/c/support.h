/* SPDX-License-Identifier: Apache-2.0 */
/* Support polygon on the floor: convex hull of sole rectangles, nearest point in it, distance to its edge. */
#ifndef HUMANOID_CONTROL_SUPPORT_H
#define HUMANOID_CONTROL_SUPPORT_H

#ifdef __cplusplus
extern "C" {
#endif

#define SUPPORT_MAX_POINTS 8

typedef struct support_polygon {
    int count;                            /* corners, counter-clockwise */
    double point[SUPPORT_MAX_POINTS][2];  /* [m] */
} support_polygon;

void support_clear(support_polygon *polygon);

/* Add the rectangle of one sole: centre [m], yaw [rad], half length and half width [m]. At most two soles. */
void support_add_sole(support_polygon *polygon, const double centre[2], double yaw, double half_length,
                      double half_width);

/* Reduce the points to their convex hull. */
void support_close(support_polygon *polygon);

/*
 * Nearest point of the closed polygon to `point`. Returns the distance of `point` to the edge [m], positive inside,
 * negative outside; a polygon of fewer than three corners has no inside.
 */
double support_nearest(const support_polygon *polygon, const double point[2], double nearest[2]);

#ifdef __cplusplus
}
#endif

#endif
