# SPDX-License-Identifier: Apache-2.0
"""The interfaces built from tools/interfaces are those of ROS: field names, types and defaults."""
from __future__ import annotations

from rclpy.serialization import deserialize_message, serialize_message
from tf2_msgs.msg import TFMessage
from vision_msgs.msg import (
    BoundingBox3D,
    Detection3D,
    Detection3DArray,
    ObjectHypothesis,
    ObjectHypothesisWithPose,
)


def test_fields_are_those_of_ros():
    assert TFMessage.get_fields_and_field_types() == {'transforms': 'sequence<geometry_msgs/TransformStamped>'}
    assert Detection3DArray.get_fields_and_field_types() == {
        'header': 'std_msgs/Header', 'detections': 'sequence<vision_msgs/Detection3D>'}
    assert Detection3D.get_fields_and_field_types() == {
        'header': 'std_msgs/Header', 'results': 'sequence<vision_msgs/ObjectHypothesisWithPose>',
        'bbox': 'vision_msgs/BoundingBox3D', 'id': 'string'}
    assert ObjectHypothesisWithPose.get_fields_and_field_types() == {
        'hypothesis': 'vision_msgs/ObjectHypothesis', 'pose': 'geometry_msgs/PoseWithCovariance'}
    assert ObjectHypothesis.get_fields_and_field_types() == {'class_id': 'string', 'score': 'double'}
    assert BoundingBox3D.get_fields_and_field_types() == {
        'center': 'geometry_msgs/Pose', 'size': 'geometry_msgs/Vector3'}


def test_detections_survive_the_wire():
    detection = Detection3D(id='nut_3', results=[ObjectHypothesisWithPose(
        hypothesis=ObjectHypothesis(class_id='nut', score=0.9))])
    detection.results[0].pose.covariance[35] = 0.5
    message = Detection3DArray(detections=[detection])
    assert deserialize_message(serialize_message(message), Detection3DArray) == message
