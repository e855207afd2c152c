from . import bench_baseline_event
