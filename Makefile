# SPDX-License-Identifier: Apache-2.0
# make run | test | bench | view: each sets up first what it needs. PYTHON=/path/to/python3.12 picks the interpreter.

PYTHON ?=
ARGS ?=
CYCLES ?= 3
WEB ?= true
SET_UP := $(if $(PYTHON),$(PYTHON),python3) tools/set_up $(if $(PYTHON),--python $(PYTHON))

.PHONY: help setup run view test test-colcon bench push-battery fault-battery native clean

help:
	@echo 'make setup        everything needed to run, into .venv (or on top of a sourced ROS 2)'
	@echo 'make run          a shift of $(CYCLES) cycles in simulation, with the page in the browser; CYCLES=5 WEB=false ARGS="seed:=7"'
	@echo 'make view         the running robot, in rviz2 or in the browser'
	@echo 'make test         all tests; ARGS="test/balance -k push"'
	@echo 'make test-colcon  builds and starts the package as colcon users do'
	@echo 'make bench        speed beside the peers'"'"''
	@echo 'make push-battery how hard the robot can be pushed; writes bench/results/push.json'
	@echo 'make fault-battery what becomes of faults; writes bench/results/faults.json and docs/fault_battery.md'
	@echo 'make native       the C libraries, in place'
	@echo 'make clean        removes what set-up and builds left in this folder'

setup:
	@$(SET_UP)

run:
	@$(SET_UP) --extra view
	@tools/run_in ros2 launch humanoid_assembly shift.launch.py cycles:=$(CYCLES) web:=$(WEB) report:=report.json $(ARGS)

view:
	@$(SET_UP) --extra view
	@tools/run_in ros2 launch humanoid_assembly view.launch.py $(ARGS)

test:
	@$(SET_UP) --extra test --extra view --extra export
	@tools/run_in python -m pytest $(ARGS)

test-colcon:
	@$(SET_UP) --extra colcon
	@tools/run_in tools/check_colcon

bench:
	@$(SET_UP) --extra bench
	@tools/run_in python -m bench.balance_tick
	@tools/run_in python -m bench.kinematics_tick
	@tools/run_in python -m bench.simulation_speed
	@tools/run_in python -m bench.shift_speed

push-battery:
	@$(SET_UP) --extra test
	@tools/run_in python -m bench.push_battery $(ARGS)

fault-battery:
	@$(SET_UP) --extra test
	@tools/run_in python -m bench.fault_battery $(ARGS)

native:
	@tools/run_in python setup.py -q build_ext --inplace

clean:
	rm -rf .venv .setup build install log *.egg-info tools/*/build tools/*/*.egg-info
	find humanoid_control humanoid_perception tools test -name __pycache__ -type d -prune -exec rm -rf {} +
	find humanoid_control -name '_*.so' -delete
