/* SPDX-License-Identifier: Apache-2.0 */
#include "kin_chain.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum { N = KIN_CHAIN_MAX_JOINTS };

static const double SMALLEST_DAMPING = 1e-8; /* [m^2] */
static const double LARGEST_STEP = 0.4;      /* [rad] of one joint in one iteration */
static const double STALLED = 1e-6;          /* [rad]: a shorter step ends the search */
static const double LAST_MARGIN_STEP = 0.02; /* share of the first step that ends the way to a larger margin */
static const double FULL_SLOPE = 0.2;        /* of the margin along the self-motion from which on tracking makes full steps */
static const double SOFTNESS = 0.05;         /* [rad]: distances to limits that differ by less count alike */

/* out := a b, all 3 x 3 by rows */
static void multiply(const double *a, const double *b, double *out)
{
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) out[3 * i + j] = a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j];
}

static void rotate(const double *r, const double *v, double *out)
{
    for (int i = 0; i < 3; i++) out[i] = r[3 * i] * v[0] + r[3 * i + 1] * v[1] + r[3 * i + 2] * v[2];
}

static void cross(const double *a, const double *b, double *out)
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

static double dot3(const double *a, const double *b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

/* Rotation about a unit axis (Rodrigues). */
static void axis_rotation(const double *u, double angle, double *r)
{
    const double s = sin(angle), c = cos(angle), d = 1.0 - c;
    r[0] = c + d * u[0] * u[0];
    r[1] = d * u[0] * u[1] - s * u[2];
    r[2] = d * u[0] * u[2] + s * u[1];
    r[3] = d * u[0] * u[1] + s * u[2];
    r[4] = c + d * u[1] * u[1];
    r[5] = d * u[1] * u[2] - s * u[0];
    r[6] = d * u[0] * u[2] - s * u[1];
    r[7] = d * u[1] * u[2] + s * u[0];
    r[8] = c + d * u[2] * u[2];
}

/* Tip pose and, for each joint, its axis and a point on it, all in the base of the chain. */
static void forward(const kin_chain *chain, const double *posture, double *pose, double (*axis)[3], double (*point)[3])
{
    double r[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1}, p[3] = {0, 0, 0}, turned[9], spin[9], offset[3];
    for (int j = 0; j <= chain->joints; j++) {
        const double *placement = chain->placement + 12 * j;
        rotate(r, placement + 9, offset);
        for (int i = 0; i < 3; i++) p[i] += offset[i];
        multiply(r, placement, turned);
        if (j == chain->joints) break;
        rotate(turned, chain->axis + 3 * j, axis[j]);
        memcpy(point[j], p, sizeof p);
        axis_rotation(chain->axis + 3 * j, posture[j], spin);
        multiply(turned, spin, r);
    }
    memcpy(pose, turned, sizeof turned);
    memcpy(pose + 9, p, sizeof p);
}

/* Rotation vector [rad] in base axes that turns rotation a into b, both by rows. */
static double rotation_error(const double *a, const double *b, double *error)
{
    double r[9]; /* b a' */
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) r[3 * i + j] = dot3(b + 3 * i, a + 3 * j);
    const double v[3] = {0.5 * (r[7] - r[5]), 0.5 * (r[2] - r[6]), 0.5 * (r[3] - r[1])};
    const double sine = sqrt(dot3(v, v)), cosine = 0.5 * (r[0] + r[4] + r[8] - 1.0), angle = atan2(sine, cosine);
    if (sine > 1e-9) {
        for (int i = 0; i < 3; i++) error[i] = v[i] * (angle / sine);
    } else if (cosine > 0.0) {
        for (int i = 0; i < 3; i++) error[i] = v[i];
    } else { /* half a turn: r = 2 u u' - 1 */
        int k = r[0] > r[4] ? (r[0] > r[8] ? 0 : 2) : (r[4] > r[8] ? 1 : 2);
        const double scale = angle / sqrt(2.0 * (r[4 * k] + 1.0));
        for (int i = 0; i < 3; i++) error[i] = (r[3 * i + k] + (i == k)) * scale;
    }
    return angle;
}

/* In-place solution of a x = b, a symmetric positive definite n x n with row stride N (lower part read). */
static int solve_symmetric(int n, double (*a)[N], double *b)
{
    for (int j = 0; j < n; j++) {
        for (int k = 0; k < j; k++) a[j][j] -= a[j][k] * a[j][k];
        if (!(a[j][j] > 0.0)) return KIN_NOT_POSITIVE_DEFINITE;
        a[j][j] = 1.0 / sqrt(a[j][j]);
        for (int i = j + 1; i < n; i++) {
            for (int k = 0; k < j; k++) a[i][j] -= a[i][k] * a[j][k];
            a[i][j] *= a[j][j];
        }
    }
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < i; k++) b[i] -= a[i][k] * b[k];
        b[i] *= a[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int k = i + 1; k < n; k++) b[i] -= a[k][i] * b[k];
        b[i] *= a[i][i];
    }
    return KIN_OK;
}

/* Errors and weighed Jacobian (by columns) at a posture. */
typedef struct {
    double error[6];      /* position [m], rotation times rotation_length [m] */
    double column[N][6];
    double residual;      /* half the squared error [m^2] */
    double distance, angle;
} linearisation;

static void linearise(const kin_chain *chain, const kin_chain_problem *p, const double *posture, linearisation *out)
{
    double pose[12], axis[N][3], point[N][3], lever[3];
    forward(chain, posture, pose, axis, point);
    for (int i = 0; i < 3; i++) out->error[i] = p->target[9 + i] - pose[9 + i];
    out->angle = rotation_error(pose, p->target, out->error + 3);
    out->distance = sqrt(dot3(out->error, out->error));
    for (int i = 3; i < 6; i++) out->error[i] *= p->rotation_length;
    for (int j = 0; j < chain->joints; j++) {
        for (int i = 0; i < 3; i++) lever[i] = pose[9 + i] - point[j][i];
        cross(axis[j], lever, out->column[j]);
        for (int i = 0; i < 3; i++) out->column[j][3 + i] = axis[j][i] * p->rotation_length;
    }
    out->residual = 0.5 * (dot3(out->error, out->error) + dot3(out->error + 3, out->error + 3));
}

static double dot6(const double *a, const double *b) { return dot3(a, b) + dot3(a + 3, b + 3); }

static int arrived(const kin_chain_problem *p, const linearisation *at)
{
    return at->distance <= p->position_tolerance && at->angle <= p->orientation_tolerance;
}

/* Go to the target; leaves the linearisation at the final posture in `at`. Returns the iterations. */
static int approach(const kin_chain *chain, const kin_chain_problem *p, double *posture, int limit, linearisation *at)
{
    const int n = chain->joints;
    linearise(chain, p, posture, at);
    int iterations = 0;
    while (iterations < limit && !arrived(p, at)) {
        iterations++;
        double a[N][N], b[N], step[N] = {0};
        int map[N], count = 0;
        for (int j = 0; j < n; j++) {
            const double pull = dot6(at->column[j], at->error);
            const int stuck = (posture[j] <= chain->lower[j] && pull < 0.0) || (posture[j] >= chain->upper[j] && pull > 0.0);
            if (!stuck) {
                b[count] = pull;
                map[count++] = j;
            }
        }
        for (int i = 0; i < count; i++)
            for (int k = 0; k <= i; k++)
                a[i][k] = dot6(at->column[map[i]], at->column[map[k]]) + (i == k ? at->residual + SMALLEST_DAMPING : 0.0);
        if (count == 0 || solve_symmetric(count, a, b) != KIN_OK) break;
        double largest = 0.0;
        for (int i = 0; i < count; i++) largest = fmax(largest, fabs(b[i]));
        const double scale = largest > LARGEST_STEP ? LARGEST_STEP / largest : 1.0;
        double moved = 0.0, next[N];
        for (int i = 0; i < count; i++) step[map[i]] = scale * b[i];
        linearisation there;
        for (int halvings = 0;; halvings++) {
            moved = 0.0;
            for (int j = 0; j < n; j++) {
                next[j] = fmin(fmax(posture[j] + step[j], chain->lower[j]), chain->upper[j]);
                moved = fmax(moved, fabs(next[j] - posture[j]));
                step[j] *= 0.5;
            }
            linearise(chain, p, next, &there);
            if (there.residual < at->residual || moved < STALLED || halvings == 8) break;
        }
        if (!(there.residual < at->residual)) break;
        memcpy(posture, next, sizeof(double) * (size_t)n);
        *at = there;
        if (moved < STALLED) break;
    }
    return iterations;
}

static double margin_of(const kin_chain *chain, const double *posture, int *nearest, double *inward)
{
    double margin = INFINITY;
    for (int j = 0; j < chain->joints; j++) {
        const double above = chain->upper[j] - posture[j], below = posture[j] - chain->lower[j];
        if (fmin(above, below) < margin) {
            margin = fmin(above, below);
            *nearest = j;
            *inward = below < above ? 1.0 : -1.0;
        }
    }
    return margin;
}

/* Part of `wish` (joint rates) that does not move the tip; returns its largest entry. */
static double self_motion(const kin_chain *chain, const linearisation *at, const double *wish, double *direction)
{
    const int n = chain->joints;
    double a[N][N], b[N] = {0};
    for (int i = 0; i < 6; i++) {
        for (int k = 0; k <= i; k++) {
            a[i][k] = i == k ? SMALLEST_DAMPING : 0.0;
            for (int j = 0; j < n; j++) a[i][k] += at->column[j][i] * at->column[j][k];
        }
        for (int j = 0; j < n; j++) b[i] += wish[j] * at->column[j][i];
    }
    if (solve_symmetric(6, a, b) != KIN_OK) return 0.0;
    double size = 0.0;
    for (int j = 0; j < n; j++) {
        direction[j] = wish[j] - dot6(at->column[j], b);
        size = fmax(size, fabs(direction[j]));
    }
    return size;
}

/* Hill climbing along the self-motion to a larger margin. */
static void widen_margin(const kin_chain *chain, kin_chain_problem *p, linearisation *at)
{
    const int n = chain->joints;
    const double shortest = LAST_MARGIN_STEP * p->margin_step;
    double length = p->margin_step, *posture = p->posture;
    for (int k = 0; k < p->margin_steps && length >= shortest; k++) {
        int nearest = 0, ignored;
        double inward = 0.0, unused, wish[N] = {0}, direction[N], next[N];
        const double margin = margin_of(chain, posture, &nearest, &inward);
        wish[nearest] = inward;
        const double size = self_motion(chain, at, wish, direction);
        if (margin >= p->enough_margin || size < 1e-3) return;
        for (int j = 0; j < n; j++)
            next[j] = fmin(fmax(posture[j] + length / size * direction[j], chain->lower[j]), chain->upper[j]);
        linearisation there;
        p->iterations += approach(chain, p, next, 6, &there);
        if (arrived(p, &there) && margin_of(chain, next, &ignored, &unused) > margin) {
            memcpy(posture, next, sizeof(double) * (size_t)n);
            *at = there;
            length *= 1.5;
        } else {
            length *= 0.5;
        }
    }
}

int kin_chain_forward(const kin_chain *chain, const double *posture, double *pose)
{
    if (chain->joints < 1 || chain->joints > N) return KIN_INVALID_ARGUMENT;
    double axis[N][3], point[N][3];
    forward(chain, posture, pose, axis, point);
    return KIN_OK;
}

/* Checks the input and clips the start to the limits. */
static int begin(const kin_chain *chain, kin_chain_problem *problem)
{
    const int n = chain->joints;
    if (n < 1 || n > N) return KIN_INVALID_ARGUMENT;
    double sum = 0.0;
    for (int i = 0; i < 12; i++) sum += fabs(problem->target[i]);
    for (int j = 0; j < n; j++) {
        sum += fabs(problem->posture[j]);
        problem->posture[j] = fmin(fmax(problem->posture[j], chain->lower[j]), chain->upper[j]);
    }
    return isfinite(sum) ? KIN_OK : KIN_NOT_FINITE;
}

static int end(const kin_chain *chain, kin_chain_problem *problem, const linearisation *at)
{
    int ignored = 0;
    double unused = 0.0;
    problem->position_error = at->distance;
    problem->orientation_error = at->angle;
    problem->margin = margin_of(chain, problem->posture, &ignored, &unused);
    return arrived(problem, at) ? KIN_OK : KIN_NOT_CONVERGED;
}

int kin_chain_solve(const kin_chain *chain, kin_chain_problem *problem)
{
    const int status = begin(chain, problem);
    if (status != KIN_OK) return status;
    linearisation at;
    problem->iterations = approach(chain, problem, problem->posture, problem->max_iterations, &at);
    if (arrived(problem, &at)) widen_margin(chain, problem, &at);
    return end(chain, problem, &at);
}

int kin_chain_track(const kin_chain *chain, kin_chain_problem *problem)
{
    const int status = begin(chain, problem);
    if (status != KIN_OK) return status;
    const int n = chain->joints;
    double *posture = problem->posture, wish[N] = {0}, direction[N] = {0}, next[N], sum = 0.0, unused;
    int ignored;
    linearisation at;
    linearise(chain, problem, posture, &at);
    const double margin = margin_of(chain, posture, &ignored, &unused);
    for (int j = 0; j < n; j++) { /* slope of -softness log(sum exp(-distance / softness)) */
        const double up = exp((margin - (chain->upper[j] - posture[j])) / SOFTNESS);
        const double down = exp((margin - (posture[j] - chain->lower[j])) / SOFTNESS);
        wish[j] = down - up;
        sum += down + up;
    }
    for (int j = 0; j < n; j++) wish[j] /= sum;
    const double scale = problem->margin_step / fmax(self_motion(chain, &at, wish, direction), FULL_SLOPE);
    for (int j = 0; j < n; j++)
        next[j] = fmin(fmax(posture[j] + scale * direction[j], chain->lower[j]), chain->upper[j]);
    problem->iterations = approach(chain, problem, next, problem->max_iterations, &at);
    if (arrived(problem, &at)) {
        memcpy(posture, next, sizeof(double) * (size_t)n);
    } else {
        problem->iterations += approach(chain, problem, posture, problem->max_iterations, &at);
    }
    return end(chain, problem, &at);
}
